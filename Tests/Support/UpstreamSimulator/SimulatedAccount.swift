/// An account at the simulated provider.
public struct SimulatedAccount: Hashable, Sendable {
  /// A usage window as the provider reports it.
  public struct Window: Hashable, Sendable {
    /// The used share in percent; nil leaves the member out.
    public var usedPercent: Double?
    /// The window's length in seconds; nil leaves the member out.
    public var limitWindowSeconds: Int?
    /// Seconds until it resets; nil leaves the member out.
    public var resetAfterSeconds: Int?
    /// When it resets, in Unix seconds; nil leaves the member out.
    public var resetAt: Int?

    /// Makes a window of its reported fields.
    public init(
      usedPercent: Double?, limitWindowSeconds: Int? = nil, resetAfterSeconds: Int? = nil, resetAt: Int? = nil
    ) {
      self.usedPercent = usedPercent
      self.limitWindowSeconds = limitWindowSeconds
      self.resetAfterSeconds = resetAfterSeconds
      self.resetAt = resetAt
    }
  }

  /// The workspace an account belongs to.
  public struct Workspace: Hashable, Sendable {
    /// Its identifier.
    public var id: String
    /// Its name.
    public var label: String?
    /// The kind of seat in it.
    public var seatType: String?

    /// Makes a workspace.
    public init(id: String, label: String? = nil, seatType: String? = nil) {
      self.id = id
      self.label = label
      self.seatType = seatType
    }
  }

  /// Prepaid credits.
  public struct Credits: Hashable, Sendable {
    /// Whether there are any.
    public var has: Bool
    /// Whether they never end.
    public var unlimited: Bool
    /// The balance, a decimal number as text.
    public var balance: String

    /// Makes credits.
    public init(has: Bool, unlimited: Bool = false, balance: String) {
      self.has = has
      self.unlimited = unlimited
      self.balance = balance
    }
  }

  /// A limit beside the main ones.
  public struct AdditionalLimit: Hashable, Sendable {
    /// Its name.
    public var name: String?
    /// The feature it meters.
    public var feature: String?
    /// Its short window.
    public var primary: Window?
    /// Its long window.
    public var secondary: Window?

    /// Makes a limit.
    public init(name: String?, feature: String?, primary: Window?, secondary: Window? = nil) {
      self.name = name
      self.feature = feature
      self.primary = primary
      self.secondary = secondary
    }
  }

  /// What the answer says about additional limits.
  public enum AdditionalLimits: Hashable, Sendable {
    /// The member is left out.
    case absent
    /// The member is an empty list.
    case empty
    /// The member lists these.
    case list([AdditionalLimit])
  }

  /// What the usage call answers; replaced as a whole by `UpstreamSimulator.setUsage(_:of:)`.
  public struct Usage: Hashable, Sendable {
    /// The short window, or the only one.
    public var primary: Window?
    /// The long window.
    public var secondary: Window?
    /// Prepaid credits.
    public var credits: Credits?
    /// Limits beside the main ones.
    public var additional: AdditionalLimits

    /// Makes usage.
    public init(
      primary: Window? = nil, secondary: Window? = nil, credits: Credits? = nil,
      additional: AdditionalLimits = .absent
    ) {
      self.primary = primary
      self.secondary = secondary
      self.credits = credits
      self.additional = additional
    }
  }

  /// The name by which a test speaks of the account.
  public var id: String
  /// The e-mail address in its id token.
  public var email: String
  /// The plan, in its id token and in its usage.
  public var plan: String
  /// The provider's account identifier.
  public var chatGPTAccountID: String
  /// The provider's user identifier.
  public var chatGPTUserID: String
  /// The workspace its usage names, if any.
  public var workspace: Workspace?
  /// What the usage call answers.
  public var usage: Usage

  /// Makes an account; without `usage`, one of which some of the 5-hour and the 7-day window is used.
  public init(
    id: String, email: String? = nil, plan: String = "plus", chatGPTAccountID: String? = nil,
    chatGPTUserID: String? = nil, workspace: Workspace? = nil, usage: Usage? = nil
  ) {
    self.id = id
    self.email = email ?? "\(id)@example.com"
    self.plan = plan
    self.chatGPTAccountID = chatGPTAccountID ?? "acct-\(id)"
    self.chatGPTUserID = chatGPTUserID ?? "user-\(id)"
    self.workspace = workspace
    self.usage =
      usage
      ?? Usage(
        primary: Window(usedPercent: 25, limitWindowSeconds: 18_000, resetAfterSeconds: 9_000),
        secondary: Window(usedPercent: 10, limitWindowSeconds: 604_800, resetAfterSeconds: 302_400))
  }
}
