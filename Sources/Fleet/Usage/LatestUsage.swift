/// The latest row of each of an account's windows, as stored, before any rule is applied.
public struct LatestUsage: Hashable, Sendable {
  /// The latest row of the primary window.
  public var primary: UsageSample?
  /// The latest row of the secondary window.
  public var secondary: UsageSample?
  /// The latest row of the monthly window.
  public var monthly: UsageSample?

  /// Makes the latest rows; each may be absent.
  public init(primary: UsageSample? = nil, secondary: UsageSample? = nil, monthly: UsageSample? = nil) {
    self.primary = primary
    self.secondary = secondary
    self.monthly = monthly
  }
}
