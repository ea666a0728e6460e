import NIOConcurrencyHelpers

@testable import Fleet

/// Keeps what the core tells.
final class EventRecorder: FleetObserver {
  private let state = NIOLockedValueBox<[FleetEvent]>([])

  var events: [FleetEvent] { state.withLockedValue { $0 } }

  func note(_ event: FleetEvent) { state.withLockedValue { $0.append(event) } }
}
