/// An account's login as the store holds it at one instant.
public struct StoredCredentials: Hashable, Sendable {
  /// Tells one writing of a refresh token from the next, also when both wrote the same token: what a store compares
  /// before it changes anything that hangs on the token. Means nothing outside that store.
  public struct Version: Hashable, Sendable {
    /// The store's own bytes.
    public let bytes: [UInt8]

    /// Wraps the store's own bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  /// The persisted status.
  public var status: AccountStatus
  /// The access token; may be empty.
  public var accessToken: Secret
  /// The refresh token; nil when there is none, or it does not fit the encryption key.
  public var refreshToken: RefreshToken?
  /// Which writing of the refresh token this is.
  public var version: Version

  /// Makes credentials of what was read.
  public init(status: AccountStatus, accessToken: Secret, refreshToken: RefreshToken?, version: Version) {
    self.status = status
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.version = version
  }
}
