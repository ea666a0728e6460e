internal import FleetClient
internal import JSON

/// Changes as lines of JSON, for other programs: first all accounts, then those that change.
///
/// After a lost connection a line has all accounts again, and in `removed` those that went meanwhile, so that whoever
/// takes line by line as a change has the fleet as it is.
struct WatchLines: Sendable {
  let daemon: Daemon
  let accounts: AccountSelection
  let console: Console
  let isQuiet: Bool

  /// How it ends.
  private enum End: Sendable {
    /// Nobody needs more.
    case done
    case failed(CommandFailure)
    /// The reader is not looked at any more.
    case unwatched
  }

  /// Prints until the reader goes away or the daemon ends it.
  func run() async throws(CommandFailure) {
    let end = await withTaskGroup(of: End.self, returning: End.self) { group in
      defer { group.cancelAll() }
      group.addTask { await printChanges() }
      group.addTask { await waitForReaderToLeave() }
      for await end in group {
        if case .unwatched = end { continue }
        return end
      }
      return .done
    }
    if case .failed(let failure) = end { throw failure }
  }

  /// Ends when nobody reads on: the next change, whose printing would tell, may be long in coming.
  private func waitForReaderToLeave() async -> End {
    while !Task.isCancelled, (try? await console.clock.pause(.seconds(1))) != nil {
      if !console.output.hasReader { return .done }
    }
    return .unwatched
  }

  private func printChanges() async -> End {
    var known: Set<String> = []
    var failure: CommandFailure?
    var isFirst = true
    await FleetFollower(daemon: daemon, accounts: accounts.ids, clock: console.clock).follow { news in
      var removed: [String] = []
      let change: FleetClient.Change
      switch news {
      case .began(let whole):
        removed = known.subtracting(whole.accounts.map(\.id)).sorted()
        change = whole
        if isFirst, !isQuiet, let missing = accounts.missing(from: whole.accounts.map(\.id)) {
          console.complain(missing)
        }
        isFirst = false
      case .changed(let some):
        removed = some.removed
        change = some
      case .lost(let loss, let pause):
        if !isQuiet {
          let seconds = max(1, pause.components.seconds)
          console.complain("disconnected, trying again in \(DurationWords.full(seconds)): \(loss.message)")
        }
        return true
      case .gaveUp(let reason):
        failure = reason
        return false
      }
      known.subtract(removed)
      known.formUnion(change.accounts.map(\.id))
      switch console.output.write(Self.line(change, removed: removed, isShown: console.output.isTerminal)) {
      case .done: return true
      case .unwanted: return false
      case .failed(let reason):
        failure = CommandFailure(.failed, "cannot write the output: \(reason)")
        return false
      }
    }
    return failure.map { .failed($0) } ?? .done
  }

  private static func line(_ change: FleetClient.Change, removed: [String], isShown: Bool) -> String {
    var members = change.json.objectValue ?? [:]
    members["removed"] = .array(removed.map { .string($0) })
    let text = String(decoding: JSONValue.object(members).serialized(), as: UTF8.self)
    return (isShown ? PrintableText.json(text) : text) + "\n"
  }
}
