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
  private var listeners: [any Channel] = []
  private var connections: [Int: (channel: any Channel, user: UInt32?)] = [:]
  private var connectionsByUser: [UInt32: Int] = [:]
  private var lastNumber = 0
  private var lastEnd = ContinuousClock.now

  /// Clients' connections; what the daemon asks itself does not count.
  var openConnections: Int { connectionsByUser.values.reduce(0, +) }

  /// Whether clients can connect.
  var isServing: Bool { phase == .serving && !listeners.isEmpty }

  /// Since when no client has been connected; nil while one is.
  var idleSince: ContinuousClock.Instant? { connectionsByUser.isEmpty ? lastEnd : nil }

  /// Whether it has stopped and no connection is left.
  var isOver: Bool { phase == .stopped && connections.isEmpty }

  /// Takes note of the start; false when the server ran before or was stopped already.
  mutating func start() -> Bool {
    guard phase == .idle else { return false }
    phase = .serving
    return true
  }

  /// Takes note of the listening channel; false when it is to be closed at once.
  mutating func listening(on channel: any Channel) -> Bool {
    guard phase == .serving else { return false }
    listeners.append(channel)
    return true
  }

  /// Takes note that one listening channel has taken the others' place; returns those, which are to be closed.
  mutating func keepOnly(_ listener: any Channel) -> [any Channel] {
    let others = listeners.filter { $0 !== listener }
    listeners.removeAll { $0 !== listener }
    return others
  }

  /// Decides about a new connection.
  ///
  /// - Parameter user: whose it is; nil for one of the daemon itself, which is let in whatever the limits are.
  mutating func admit(_ channel: any Channel, of user: UInt32?, _ limits: ServerLimits) -> Admission {
    guard phase == .serving || phase == .draining else { return .closing }
    guard let user else { return .admitted(number: register(channel, of: nil)) }
    guard openConnections < limits.connections else {
      refused += 1
      return .full
    }
    guard connectionsByUser[user, default: 0] < limits.connectionsPerUser else {
      refused += 1
      return .userIsFull
    }
    accepted += 1
    connectionsByUser[user, default: 0] += 1
    return .admitted(number: register(channel, of: user))
  }

  private mutating func register(_ channel: any Channel, of user: UInt32?) -> Int {
    lastNumber += 1
    connections[lastNumber] = (channel, user)
    return lastNumber
  }

  /// A connection was turned away.
  mutating func refuse() { refused += 1 }

  /// A connection is gone and its calls have ended.
  mutating func ended(number: Int) {
    guard let user = connections.removeValue(forKey: number)?.user, let count = connectionsByUser[user] else { return }
    connectionsByUser[user] = count > 1 ? count - 1 : nil
    if connectionsByUser.isEmpty { lastEnd = .now }
  }

  /// Stops accepting; returns the listening channels that are to be closed, nil when there is nothing to do.
  mutating func drain() -> [any Channel]? {
    guard phase == .serving else { return nil }
    phase = .draining
    return takeListeners()
  }

  private mutating func takeListeners() -> [any Channel] {
    defer { listeners = [] }
    return listeners
  }

  /// Ends everything; returns what is to be closed.
  mutating func stop() -> (listeners: [any Channel], connections: [any Channel]) {
    guard phase != .stopped else { return ([], []) }
    phase = .stopped
    return (takeListeners(), connections.values.map(\.channel))
  }

  /// A listening channel is closed; true when nobody had asked for it.
  mutating func listenerClosed(_ channel: any Channel) -> Bool {
    guard phase == .serving, listeners.contains(where: { $0 === channel }) else { return false }
    listenerHasFailed = true
    return true
  }
}
