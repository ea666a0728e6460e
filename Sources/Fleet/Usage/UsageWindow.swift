/// The slots in which the provider reports usage; the raw value is the stored word.
public enum UsageWindow: String, Hashable, Sendable, CaseIterable {
  /// The short window, usually five hours.
  case primary
  /// The long window, usually a week.
  case secondary
  /// The month of plans that are counted by month.
  case monthly

  /// Minutes in a week: a primary row with this length is a weekly sample in the wrong slot.
  public static let weekMinutes: Int64 = 10_080
  /// Minutes in the five-hour window that paid plans have.
  public static let fiveHoursMinutes: Int64 = 300
  /// Seconds in the thirty-day window by which a lone primary window is recognised as monthly.
  public static let monthSeconds: Double = 2_592_000
}
