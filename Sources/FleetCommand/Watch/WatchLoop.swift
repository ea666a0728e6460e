internal import FleetClient
internal import NIOConcurrencyHelpers

/// A live view at work: brings what happens to the state, and does and draws what comes of it.
struct WatchLoop: Sendable {
  let daemon: Daemon
  let accounts: AccountSelection
  let order: AccountOrder
  let style: Style
  let clock: ConsoleClock
  /// Gets hold of the terminal, once there is something to show.
  let open: @Sendable () throws(CommandFailure) -> any LiveTerminal

  /// How far the last drawing is.
  private enum Drawing: Sendable {
    case done
    /// The terminal has not taken all of it yet.
    case underWay(isOutdated: Bool)
    case failed(String)
  }

  /// Runs until somebody or something ends it.
  func run() async throws(CommandFailure) {
    let state = NIOLockedValueBox(WatchState(order: order, isNarrowed: accounts.isNarrowed))
    // However much happens between two looks, one look is enough.
    let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let clock = clock
    let follower = FleetFollower(daemon: daemon, accounts: accounts.ids, clock: clock)
    let failure = await withDiscardingTaskGroup(returning: CommandFailure?.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        await follower.follow { news in
          state.withLockedValue { $0.handle(news, uptime: clock.uptime()) }
          ringer.yield()
          return true
        }
      }
      // Whoever cannot be asked at all is told so where the command was typed.
      _ = await bell.first { true }
      if let end = state.withLockedValue({ $0.end }) { return end }
      do throws(CommandFailure) {
        let terminal = try open()
        defer { terminal.giveBack() }
        state.withLockedValue { $0.handle(.continued, size: terminal.size, uptime: clock.uptime()) }
        ringer.yield()
        group.addTask {
          for await event in terminal.events {
            state.withLockedValue { $0.handle(event, size: terminal.size, uptime: clock.uptime()) }
            ringer.yield()
          }
        }
        group.addTask {
          for await key in terminal.keys {
            state.withLockedValue { $0.handle(.key(key), size: terminal.size, uptime: clock.uptime()) }
            ringer.yield()
          }
        }
        group.addTask {
          while (try? await clock.pause(.seconds(1))) != nil { ringer.yield() }
        }
        try await show(state, on: terminal, bell, ringer, &group)
        if let signal = state.withLockedValue({ $0.ending }) { terminal.yield(to: signal) }
        return state.withLockedValue { $0.end }
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Draws whenever something has happened, until it is over.
  private func show(
    _ state: NIOLockedValueBox<WatchState>, on terminal: any LiveTerminal, _ bell: AsyncStream<Void>,
    _ ringer: AsyncStream<Void>.Continuation, _ group: inout DiscardingTaskGroup
  ) async throws(CommandFailure) {
    var shown: [String]?
    let drawing = NIOLockedValueBox(Drawing.done)
    for await _ in bell {
      let orders = state.withLockedValue { state in
        state.handle(uptime: clock.uptime())
        return state.takeOrders()
      }
      if orders.contains(.quit) { return }
      if orders.contains(.suspend) { await terminal.suspend() }
      if orders.contains(.suspend) || orders.contains(.retake) { try terminal.take() }
      if !orders.subtracting([.refresh]).isEmpty { shown = nil }
      if orders.contains(.refresh) {
        group.addTask { [self] in
          let result = await refresh()
          state.withLockedValue { $0.handle(result, uptime: clock.uptime()) }
          ringer.yield()
        }
      }
      // A terminal that takes little keeps nobody from quitting; what it has not taken yet, it shows later.
      let isFree = drawing.withLockedValue { drawing in
        guard case .underWay = drawing else { return true }
        drawing = .underWay(isOutdated: true)
        return false
      }
      guard isFree else { continue }
      if case .failed(let reason) = drawing.withLockedValue({ $0 }) {
        throw CommandFailure(.failed, "cannot write to the terminal: \(reason)")
      }
      let frame = WatchFrame(
        state.withLockedValue { $0 }, style: style, now: clock.now(), uptime: clock.uptime())
      let lines = frame.lines.map { $0.rendered(usesColor: style.usesColor) }
      let update = ScreenUpdate(from: shown, to: lines)
      shown = lines
      guard !update.text.isEmpty else { continue }
      drawing.withLockedValue { $0 = .underWay(isOutdated: false) }
      group.addTask {
        let writing = await terminal.write(update.text)
        let isLookedFor = drawing.withLockedValue { drawing in
          let wasOutdated = if case .underWay(isOutdated: true) = drawing { true } else { false }
          guard case .failed(let reason) = writing else {
            drawing = .done
            return wasOutdated
          }
          drawing = .failed(reason)
          return true
        }
        if isLookedFor { ringer.yield() }
      }
    }
  }

  private func refresh() async -> Result<FleetClient.RefreshResult, CommandFailure> {
    do throws(CommandFailure) {
      let result = try await daemon.refresh(accounts)
      return .success(try daemon.read(result, FleetClient.RefreshResult.init(decoding:)))
    } catch {
      return .failure(error)
    }
  }
}
