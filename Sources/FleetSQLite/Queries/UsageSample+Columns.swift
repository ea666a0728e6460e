internal import Fleet

extension UsageSample {
  /// The columns a sample is made of, after the row's own identifier, in the order in which they are read.
  static let columns = [
    "id", "recorded_at", "used_percent", "reset_at", "window_minutes", "credits_has", "credits_unlimited",
    "credits_balance",
  ]

  /// Makes a sample of its columns, nil when its time or percentage is unreadable.
  init?(_ columns: RowColumns) {
    guard let recordedAt = columns.instant(1), let usedPercent = columns.finiteNumber(2) else { return nil }
    self.init(
      recordedAt: recordedAt, usedPercent: usedPercent, resetAt: columns.wholeNumber(3),
      windowMinutes: columns.wholeNumber(4),
      credits: Credits(has: columns.truth(5), unlimited: columns.truth(6), balance: columns.finiteNumber(7)))
  }
}
