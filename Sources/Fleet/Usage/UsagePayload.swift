/// What the provider's usage endpoint says about one account, types checked, rules not yet applied.
public struct UsagePayload: Hashable, Sendable {
  /// One reported window; every number is finite.
  public struct Window: Hashable, Sendable {
    /// The used share in percent; nil means that the window was not really reported.
    public var usedPercent: Double?
    /// When it resets, in Unix seconds.
    public var resetAt: Double?
    /// When it resets, in seconds from now.
    public var resetAfterSeconds: Double?
    /// Its length in seconds.
    public var limitWindowSeconds: Double?

    /// Makes a window of its reported fields.
    public init(
      usedPercent: Double?, resetAt: Double? = nil, resetAfterSeconds: Double? = nil, limitWindowSeconds: Double? = nil
    ) {
      self.usedPercent = usedPercent
      self.resetAt = resetAt
      self.resetAfterSeconds = resetAfterSeconds
      self.limitWindowSeconds = limitWindowSeconds
    }
  }

  /// A limit beside the main ones, for one model or feature.
  public struct AdditionalLimit: Hashable, Sendable {
    /// The limit's reported name.
    public var limitName: String?
    /// The feature it meters.
    public var meteredFeature: String?
    /// Its short window.
    public var primary: Window?
    /// Its long window.
    public var secondary: Window?

    /// Makes a limit of its reported fields.
    public init(limitName: String?, meteredFeature: String?, primary: Window?, secondary: Window?) {
      self.limitName = limitName
      self.meteredFeature = meteredFeature
      self.primary = primary
      self.secondary = secondary
    }
  }

  /// The plan's text.
  public var planType: String?
  /// The workspace that answered.
  public var workspaceID: String?
  /// Its name.
  public var workspaceLabel: String?
  /// The kind of seat in it.
  public var seatType: String?
  /// The short window, or the only one.
  public var primary: Window?
  /// The long window.
  public var secondary: Window?
  /// Prepaid credits.
  public var credits: UsageSample.Credits
  /// Further limits; nil when the answer did not speak of them, which is not the same as none.
  public var additional: [AdditionalLimit]?

  /// Makes a payload of its reported fields.
  public init(
    planType: String? = nil, workspaceID: String? = nil, workspaceLabel: String? = nil, seatType: String? = nil,
    primary: Window? = nil, secondary: Window? = nil,
    credits: UsageSample.Credits = UsageSample.Credits(has: nil, unlimited: nil, balance: nil),
    additional: [AdditionalLimit]? = nil
  ) {
    self.planType = planType
    self.workspaceID = workspaceID
    self.workspaceLabel = workspaceLabel
    self.seatType = seatType
    self.primary = primary
    self.secondary = secondary
    self.credits = credits
    self.additional = additional
  }
}
