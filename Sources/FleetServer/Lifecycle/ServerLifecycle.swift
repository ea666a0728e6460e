internal import NIOCore

/// Where a server stands between its start and its end, and which connections it has; decides, and does nothing.
struct ServerLifecycle {
  enum Phase: Hashable {
    case idle
    case serving
    /// No new connections; those that are open are served.
    case draining
    case stopped
  }

  /// What becomes of a connection that was just accepted.
  enum Admission: Hashable {
    case admitted(number: Int)
    /// Too many are open.
    case full
    /// Too many of one user's are open.
    case userIsFull
    /// The server stops.
    case closing
  }

  private(set) var phase = Phase.idle
  private(set) var accepted = 0
  private(set) var refused = 0
  /// Whether the listening socket closed while nobody had asked for it.
  private(set) var listenerHasFailed = false
  private var listener: (any Channel)?
  private var connections: [Int: (channel: any Channel, user: UInt32)] = [:]
  private var connectionsByUser: [UInt32: Int] = [:]

  var openConnections: Int { connections.count }

  /// Takes note of the start; false when the server ran before or was stopped already.
  mutating func start() -> Bool {
    guard phase == .idle else { return false }
    phase = .serving
    return true
  }

  /// Takes note of the listening channel; false when it is to be closed at once.
  mutating func listening(on channel: any Channel) -> Bool {
    guard phase == .serving else { return false }
    listener = channel
    return true
  }

  /// Decides about a new connection.
  mutating func admit(_ channel: any Channel, of user: UInt32, _ limits: ServerLimits) -> Admission {
    guard phase == .serving || phase == .draining else { return .closing }
    guard connections.count < limits.connections else {
      refused += 1
      return .full
    }
    guard connectionsByUser[user, default: 0] < limits.connectionsPerUser else {
      refused += 1
      return .userIsFull
    }
    accepted += 1
    connections[accepted] = (channel, user)
    connectionsByUser[user, default: 0] += 1
    return .admitted(number: accepted)
  }

  /// A connection was turned away.
  mutating func refuse() { refused += 1 }

  /// A connection is gone and its calls have ended.
  mutating func ended(number: Int) {
    guard let user = connections.removeValue(forKey: number)?.user, let count = connectionsByUser[user] else { return }
    connectionsByUser[user] = count > 1 ? count - 1 : nil
  }

  /// Stops accepting; returns the listening channel that is to be closed.
  mutating func drain() -> (any Channel)? {
    guard phase == .serving else { return nil }
    phase = .draining
    return listener.take()
  }

  /// Ends everything; returns what is to be closed.
  mutating func stop() -> (listener: (any Channel)?, connections: [any Channel]) {
    guard phase != .stopped else { return (nil, []) }
    phase = .stopped
    return (listener.take(), connections.values.map(\.channel))
  }

  /// The listening channel is closed; true when nobody had asked for it.
  mutating func listenerClosed() -> Bool {
    guard phase == .serving else { return false }
    listenerHasFailed = true
    return true
  }
}
