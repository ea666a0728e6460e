/// A proxy as it is to stand in a pool.
public struct StoredProxy: Sendable {
  /// The scheme word.
  public var scheme: String
  /// The host.
  public var host: String
  /// The port.
  public var port: Int
  /// The name it asks for.
  public var username: String?
  /// The plain password; it is stored encrypted.
  public var password: String?
  /// Whether the endpoint is in use.
  public var isActive: Bool

  /// Declares a proxy.
  public init(
    _ scheme: String = "http", host: String = "127.0.0.1", port: Int, username: String? = nil, password: String? = nil,
    isActive: Bool = true
  ) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.username = username
    self.password = password
    self.isActive = isActive
  }
}
