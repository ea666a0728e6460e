internal import FleetClient
internal import JSONRPC

/// Follows the fleet's changes, also across lost connections.
struct FleetFollower: Sendable {
  /// What there is to tell.
  enum News: Sendable {
    /// A subscription has begun: these are all accounts.
    case began(FleetClient.Change)
    /// Some accounts have changed.
    case changed(FleetClient.Change)
    /// The daemon cannot be asked, and is tried again after a time.
    case lost(CommandFailure, retryAfter: Duration)
    /// The daemon will not tell more; this is the end.
    case gaveUp(CommandFailure)
  }

  let daemon: Daemon
  let accounts: [String]?
  let clock: ConsoleClock
  /// A number from 0 to 1, another one each time.
  var chance: @Sendable () -> Double = { .random(in: 0...1) }

  /// Follows until cancelled or given up.
  ///
  /// A daemon that is not there at the start is told at once; one that was there once is waited for.
  ///
  /// - Parameter tell: takes the news and returns whether there is more to be told.
  func follow(_ tell: (News) -> Bool) async {
    var backoff = Backoff()
    var wasThere = false
    while true {
      var beginning: Duration?
      do {
        var changes = daemon.changes(of: accounts).makeAsyncIterator()
        var news = try await daemon.first(of: &changes)
        while let change = news {
          guard tell(beginning == nil ? .began(change) : .changed(change)) else { return }
          beginning = beginning ?? clock.uptime()
          wasThere = true
          news = try await changes.next()
        }
      } catch {
        guard !Task.isCancelled else { return }
        let failure = daemon.explained(error)
        guard wasThere, Self.mayPass(error) else {
          _ = tell(.gaveUp(failure))
          return
        }
        let pause = backoff.pause(after: beginning.map { clock.uptime() - $0 }, chance: chance())
        guard tell(.lost(failure, retryAfter: pause)), (try? await clock.pause(pause)) != nil else { return }
      }
    }
  }

  /// Whether it may get better by itself.
  static func mayPass(_ error: any Error) -> Bool {
    if error is TimeLimit.Passed { return true }
    return switch error as? FleetClient.Failure {
    case .notRunning, .permissionDenied, .unreachable, .connectionLost: true
    case .rpc(let error):
      switch error.code {
      case .unauthorized, .methodNotFound, .invalidParams, .invalidRequest: false
      default: true
      }
    case .protocolViolation, .subscriptionEnded, .closed, nil: false
    }
  }
}
