internal import FleetClient

/// The line of a live view that tells how things are.
struct WatchStatus: Sendable {
  let line: StyledText

  init(_ state: WatchState, style: Style, uptime: Duration) {
    if case .lost(let failure, let retryAt) = state.link {
      line = StyledText(Self.words(for: failure, retryIn: retryAt - uptime), look: .red)
      return
    }
    switch state.refresh {
    case .running(let progress, let since): line = StyledText(progress.headline(after: uptime - since))
    case .ended(let result, _): line = Self.words(for: result, state.accounts)
    case .failed(let failure): line = StyledText("refresh failed: \(failure.message)", look: .red)
    case .none:
      let instant = state.toldAt.map { " as of \($0.clockTime(now: $0.unixSeconds))" } ?? ""
      let note = !state.accounts.isEmpty && Array(state.accounts.values).isUsageHidden
      line = StyledText("live" + instant + (note ? style.separator + "usage is hidden from this key" : ""))
    }
  }

  private static func words(for failure: CommandFailure, retryIn pause: Duration) -> String {
    let seconds = pause.components.seconds
    let next = seconds > 0 ? "reconnecting in \(DurationWords.full(seconds))" : "reconnecting"
    return "disconnected, \(next): \(failure.message)"
  }

  private static func words(
    for result: FleetClient.RefreshResult, _ accounts: [String: FleetClient.Account]
  ) -> StyledText {
    let counts = RefreshTable.counts(of: result.outcomes)
    let time = result.generatedAt.clockTime(now: result.generatedAt.unixSeconds)
    let text = StyledText("refreshed at \(time): \(counts.isEmpty ? "no accounts" : counts)")
    let failures = result.outcomes.filter(\.kind.isFailure).map { outcome in
      let name = accounts[outcome.accountID]?.displayName ?? outcome.accountID
      return "\(PrintableText.of(name)) \(outcome.words(now: result.generatedAt.unixSeconds))"
    }
    return failures.isEmpty ? text : text + StyledText("; " + failures.joined(separator: "; "), look: .red)
  }
}
