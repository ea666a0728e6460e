internal import Glibc
internal import NIOConcurrencyHelpers

/// A proxy for tests: a real server on the loopback interface that speaks HTTP tunnels or SOCKS 5.
///
/// Whatever host it is asked for, it connects to the loopback interface: a name that nobody else can resolve shows that
/// the name was left to the proxy.
public final class ProxySimulator: Sendable {
  /// What it speaks.
  public enum Kind: Hashable, Sendable {
    /// HTTP's `CONNECT`.
    case http
    /// SOCKS 5 (RFC 1928), with names and passwords (RFC 1929).
    case socks5
  }

  /// How it treats those who come.
  public enum Behaviour: Hashable, Sendable {
    /// Lets them through.
    case normal
    /// Refuses every tunnel: status 502, or SOCKS's general failure.
    case refuse
    /// Hangs up on whoever connects.
    case hangUp
    /// Says nothing.
    case silent
  }

  /// The name and password it asks for.
  public struct Credentials: Hashable, Sendable {
    /// The name.
    public var username: String
    /// The password.
    public var password: String

    /// Makes credentials.
    public init(username: String, password: String) {
      self.username = username
      self.password = password
    }
  }

  /// What it has seen since it started.
  public struct Counters: Hashable, Sendable {
    /// Connections that were accepted.
    public var connections = 0
    /// Where tunnels were let through to, as `host:port`, in order; a name stands as it came.
    public var tunnels: [String] = []
    /// How often a wrong name or password, or none, was presented.
    public var refusedCredentials = 0
  }

  struct State: Sendable {
    var behaviour: Behaviour
    var counters = Counters()
    var isStopped = false
    var isListening = true
    var open: Set<Int32> = []
  }

  /// The port it listens on.
  public let port: Int
  let kind: Kind
  let credentials: Credentials?
  let state: NIOLockedValueBox<State>
  private let listener: Int32

  /// Starts a proxy on a port that the system chooses.
  public init(_ kind: Kind, credentials: Credentials? = nil, behaviour: Behaviour = .normal) throws {
    self.kind = kind
    self.credentials = credentials
    state = NIOLockedValueBox(State(behaviour: behaviour))
    listener = try LoopbackSocket.listen()
    port = try LoopbackSocket.port(of: listener)
    OwnThread.run { [self] in acceptAll() }
  }

  /// What it has seen.
  public var counters: Counters { state.withLockedValue { $0.counters } }

  /// Changes how it treats those who come from now on.
  public func behave(_ behaviour: Behaviour) { state.withLockedValue { $0.behaviour = behaviour } }

  /// Stops listening and cuts all tunnels.
  ///
  /// The threads close what they serve; once they have, its number may be another test's socket. So both is done only
  /// while the state is held.
  public func stop() {
    state.withLockedValue { state in
      state.isStopped = true
      if state.isListening { shutdown(listener, Int32(SHUT_RDWR)) }
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func acceptAll() {
    while true {
      let client = accept(listener, nil, nil)
      if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard client >= 0 else { break }
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      let isWelcome = state.withLockedValue { state in
        state.counters.connections += 1
        return !state.isStopped && state.open.insert(client).inserted
      }
      guard isWelcome else {
        close(client)
        continue
      }
      OwnThread.run { [self] in
        ProxyConnection(proxy: self, client: client).run()
        state.withLockedValue { state in
          state.open.remove(client)
          close(client)
        }
      }
    }
    state.withLockedValue { state in
      state.isListening = false
      close(listener)
    }
  }
}
