internal import Fleet
internal import GRDB

extension UsageSample {
  /// The columns a sample is made of, after the row's own identifier, in the order in which they are read.
  static let columns = [
    "id", "recorded_at", "used_percent", "reset_at", "window_minutes", "credits_has", "credits_unlimited",
    "credits_balance",
  ]

  /// Makes a sample of its columns, nil when its time or percentage is unreadable.
  init?(_ values: ArraySlice<DatabaseValue>) {
    let values = Array(values)
    guard
      let recordedAt = values[1].text.flatMap({ Timestamp(naiveUTC: $0) }),
      let usedPercent = values[2].finiteNumber
    else { return nil }
    self.init(
      recordedAt: recordedAt, usedPercent: usedPercent, resetAt: values[3].wholeNumber,
      windowMinutes: values[4].wholeNumber,
      credits: Credits(has: values[5].truth, unlimited: values[6].truth, balance: values[7].finiteNumber))
  }
}
