public import Fleet

/// The provider: its usage API and its login service, asked over one set of connections.
public struct CodexUpstream: UsageUpstream, TokenUpstream {
  private let driver: CurlDriver
  private let usageEndpoint: UsageEndpoint
  private let tokenEndpoint: TokenEndpoint

  /// How many connections may be open that are not in use, at most; each is an open file.
  public static let keptConnections = CurlDriver.keptConnections

  /// Prepares both; nothing is asked yet.
  ///
  /// - Parameters:
  ///   - usageURL: the usage API's base address; `/backend-api` is added unless its path has it already.
  ///   - authURL: the login service's base address.
  ///   - userAgent: how the requests name this program.
  /// - Throws: an error whose text names the setting that is wrong, or what the system lacks.
  public init(usageURL: String, authURL: String, userAgent: String, clock: any FleetClock) throws {
    driver = try CurlDriver()
    usageEndpoint = try UsageEndpoint(baseURL: usageURL, driver: driver, userAgent: userAgent, clock: clock)
    tokenEndpoint = try TokenEndpoint(baseURL: authURL, driver: driver, userAgent: userAgent, clock: clock)
  }

  /// Whether an address can be one of the provider's: http or https with a host, and no user name, password, query or
  /// fragment.
  public static func accepts(address: String) -> Bool {
    (try? BaseAddress(address, setting: "", example: "")) != nil
  }

  /// Asks for an account's usage: up to three times while what goes wrong may pass, within 10 s.
  public func usage(for request: UsageRequest) async -> UsageAnswer { await usageEndpoint.usage(for: request) }

  /// Presents a refresh token, within 8 s.
  public func exchange(_ request: TokenRequest) async -> TokenAnswer { await tokenEndpoint.exchange(request) }

  /// Requests and connections, counted.
  public struct Statistics: Hashable, Sendable {
    /// Requests begun since the start, with every attempt.
    public var requests: Int
    /// Requests on their way now.
    public var inFlight: Int
    /// Connections opened since the start.
    public var connectionsOpened: Int
  }

  /// What there is and was.
  public var statistics: Statistics {
    let counts = driver.statistics
    return Statistics(
      requests: counts.started, inFlight: counts.inFlight, connectionsOpened: counts.connectionsOpened)
  }

  /// Ends all requests on their way and closes all connections.
  public func shutdown() async { await driver.shutdown() }
}
