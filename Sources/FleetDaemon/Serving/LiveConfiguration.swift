internal import NIOConcurrencyHelpers

/// The daemon's settings as they stand now, and word of every change.
final class LiveConfiguration: Sendable {
  private let configuration: NIOLockedValueBox<DaemonConfiguration>
  private let listeners = NIOLockedValueBox<[AsyncStream<Void>.Continuation]>([])

  init(_ configuration: DaemonConfiguration) { self.configuration = NIOLockedValueBox(configuration) }

  var current: DaemonConfiguration { configuration.withLockedValue { $0 } }

  /// Puts other settings in force.
  func replace(with other: DaemonConfiguration) {
    configuration.withLockedValue { $0 = other }
    for listener in listeners.withLockedValue({ $0 }) { listener.yield() }
  }

  /// Yields after every change from now on; several may count as one.
  func changes() -> AsyncStream<Void> {
    let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    listeners.withLockedValue { $0.append(continuation) }
    return changes
  }
}
