/// How far a subscription has come, and who waits for its next change.
///
/// Pure bookkeeping: it hands out who is to be told, and tells nobody itself. Every waiter that comes in is handed out
/// exactly once.
struct SubscriptionState<Waiter: Sendable>: Sendable {
  /// Somebody who is to be told something.
  struct Telling: Sendable {
    let waiter: Waiter
    let news: Result<ChangeBacklog, any Error>
  }

  /// What an opened subscription is.
  enum Opening: Sendable {
    case wanted(Telling?)
    /// It was closed before it was open: the daemon is to end it.
    case unwanted
  }

  private enum Phase: Sendable {
    case opening
    case open(name: String)
    case ended(any Error)
  }

  private var phase = Phase.opening
  private var backlog: ChangeBacklog?
  private var waiter: Waiter?

  /// The daemon has begun it.
  mutating func opened(as name: String, with snapshot: ChangeBacklog) -> Opening {
    guard case .opening = phase else { return .unwanted }
    phase = .open(name: name)
    return .wanted(changed(snapshot))
  }

  /// Something has changed.
  mutating func changed(_ change: ChangeBacklog) -> Telling? {
    guard case .open = phase else { return nil }
    if let waiter = take() { return Telling(waiter: waiter, news: .success(change)) }
    backlog = backlog.map { $0.followed(by: change) } ?? change
    return nil
  }

  /// Nothing more will come; only the first reason counts. What came before is still told.
  mutating func ended(_ reason: any Error) -> Telling? {
    if case .ended = phase { return nil }
    phase = .ended(reason)
    return take().map { Telling(waiter: $0, news: .failure(reason)) }
  }

  /// Somebody waits for the next change.
  ///
  /// - Returns: what there is to tell at once; nil when the waiter has to wait.
  mutating func ask(_ waiter: Waiter) -> Telling? {
    if let backlog {
      self.backlog = nil
      return Telling(waiter: waiter, news: .success(backlog))
    }
    if case .ended(let reason) = phase { return Telling(waiter: waiter, news: .failure(reason)) }
    self.waiter = waiter
    return nil
  }

  /// Nobody wants to know any more: what has not been told is dropped.
  ///
  /// - Returns: who waits nevertheless, and the name of the subscription if the daemon has to be told.
  mutating func closed() -> (telling: Telling?, name: String?) {
    backlog = nil
    var name: String?
    if case .open(let open) = phase { name = open }
    return (ended(CancellationError()), name)
  }

  private mutating func take() -> Waiter? {
    defer { waiter = nil }
    return waiter
  }
}
