/// The way an account's requests take to the upstream.
public enum UpstreamRoute: Hashable, Sendable {
  /// Straight.
  case direct
  /// Through a proxy, or through the first of the fallbacks that can be reached; never straight.
  case proxy(ProxyEndpoint, fallbacks: [ProxyEndpoint])
}

/// A proxy.
public struct ProxyEndpoint: Hashable, Sendable {
  /// The protocols a proxy may speak; the raw value is the stored word.
  public enum Scheme: String, Hashable, Sendable, CaseIterable {
    /// HTTP, with a tunnel to the upstream.
    case http
    /// The same within TLS.
    case https
    /// SOCKS 5; names are resolved here.
    case socks5
    /// SOCKS 5; names are resolved by the proxy.
    case socks5h
  }

  /// The name and the password the proxy asks for.
  public struct Credentials: Hashable, Sendable {
    /// The name.
    public var username: String
    /// The password; may be empty.
    public var password: Secret

    /// Makes credentials.
    public init(username: String, password: Secret) {
      self.username = username
      self.password = password
    }
  }

  /// Its protocol.
  public var scheme: Scheme
  /// Its host: a name or an address, IPv6 without brackets.
  public var host: String
  /// Its port, 1 to 65535.
  public var port: Int
  /// What it asks for, if anything.
  public var credentials: Credentials?

  /// Makes a proxy; nil when the host cannot be one or the port is out of range.
  public init?(scheme: Scheme, host: String, port: Int, credentials: Credentials? = nil) {
    let isHost = { (byte: UInt8) in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: ":"):
        true
      default: false
      }
    }
    guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy(isHost), (1...65_535).contains(port) else {
      return nil
    }
    self.scheme = scheme
    self.host = host
    self.port = port
    self.credentials = credentials
  }
}
