internal import Fleet

/// Several observers as one.
struct Observers: FleetObserver {
  private let observers: [any FleetObserver]

  init(_ observers: [any FleetObserver]) { self.observers = observers }

  func note(_ event: FleetEvent) {
    for observer in observers { observer.note(event) }
  }
}
