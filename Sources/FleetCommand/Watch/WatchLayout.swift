/// Which rows of a screen are for what; what is least wanted gives way first when there are few.
struct WatchLayout: Sendable, Equatable {
  /// Whether the first row counts the accounts.
  let hasHeadline: Bool
  /// Whether the columns have titles.
  let hasTitles: Bool
  /// How many accounts are shown at most.
  let page: Int
  /// Whether a row tells how many accounts are out of sight.
  let hasRest: Bool
  /// Whether a row tells how things are.
  let hasStatus: Bool
  /// Whether the last row tells the keys.
  let hasKeys: Bool
  /// How far one can scroll.
  let lastOffset: Int

  init(rows: Int, accounts: Int) {
    hasStatus = rows >= 2
    hasTitles = rows >= 4
    hasKeys = rows >= 5
    hasHeadline = rows >= 6
    let room = max(0, rows - [hasStatus, hasTitles, hasKeys, hasHeadline].count { $0 })
    hasRest = accounts > room && room >= 2
    page = hasRest ? room - 1 : room
    lastOffset = max(0, accounts - page)
  }
}
