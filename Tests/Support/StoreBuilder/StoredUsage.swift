/// One row of a main window, as it is to stand in a store.
public struct StoredUsage: Sendable {
  /// The window's word; nil is written as null.
  public var window: String?
  /// The used share in percent.
  public var percent: Double
  /// When the window resets, in Unix seconds.
  public var resetAt: Int64?
  /// The window's length in minutes.
  public var minutes: Int64?
  /// When the sample was taken: naive UTC as the stores write it.
  public var recordedAt: String
  /// Whether the account has credits.
  public var creditsHas: Bool?
  /// Whether they are unlimited.
  public var creditsUnlimited: Bool?
  /// How many are left.
  public var creditsBalance: Double?
}

/// One row of a window of an additional limit, as it is to stand in a store.
public struct StoredAdditionalUsage: Sendable {
  /// The limit's key.
  public var quotaKey: String
  /// The window's word.
  public var window: String
  /// The used share in percent.
  public var percent: Double
  /// When the sample was taken: naive UTC as the stores write it.
  public var recordedAt: String
}
