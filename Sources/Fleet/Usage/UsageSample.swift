/// One usage row: what the provider said about one window of one account at one instant.
public struct UsageSample: Hashable, Sendable {
  /// Prepaid credits as reported beside a window; every field is optional because the provider may leave it out.
  public struct Credits: Hashable, Sendable {
    /// Whether the account has credits.
    public var has: Bool?
    /// Whether its credits are unlimited.
    public var unlimited: Bool?
    /// How many are left.
    public var balance: Double?

    /// Makes credits of the three reported fields.
    public init(has: Bool?, unlimited: Bool?, balance: Double?) {
      self.has = has
      self.unlimited = unlimited
      self.balance = balance
    }

    /// Whether nothing was reported.
    public var isEmpty: Bool { has == nil && unlimited == nil && balance == nil }

    /// Whether the credits let the account work beyond its windows.
    public var overrideLimits: Bool { unlimited == true || has == true || (balance ?? 0) > 0 }
  }

  /// When the sample was taken.
  public var recordedAt: Timestamp
  /// The used share in percent; may exceed 100.
  public var usedPercent: Double
  /// When the window resets, in Unix seconds.
  public var resetAt: Int64?
  /// The window's length in minutes.
  public var windowMinutes: Int64?
  /// The credits reported with it.
  public var credits: Credits

  /// Makes a sample of its stored columns.
  public init(
    recordedAt: Timestamp, usedPercent: Double, resetAt: Int64? = nil, windowMinutes: Int64? = nil,
    credits: Credits = Credits(has: nil, unlimited: nil, balance: nil)
  ) {
    self.recordedAt = recordedAt
    self.usedPercent = usedPercent
    self.resetAt = resetAt
    self.windowMinutes = windowMinutes
    self.credits = credits
  }

  /// The share that is left, in percent, never below 0.
  public var remainingPercent: Double { max(0, 100 - usedPercent) }
}
