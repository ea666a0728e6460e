internal import FleetClient

/// How far a refresh has come, as far as a subscriber can tell: an account is done when its sample is newer than before.
///
/// Those that are still fresh are known only when all is over, as is why others have failed.
struct RefreshProgress: Sendable, Equatable {
  /// How far an account is.
  enum Step: Sendable, Equatable {
    case waiting
    /// It has a new sample.
    case done
    /// Its status keeps it out of refreshes.
    case leftOut
  }

  private struct Entry: Sendable, Equatable {
    var account: FleetClient.Account
    let sampleBefore: FleetClient.Instant?
    var step: Step
  }

  /// By id.
  private var entries: [String: Entry] = [:]
  /// The ids, in the daemon's order.
  private var order: [String] = []
  /// Whether the key may see anything that changes.
  private let seesUsage: Bool

  /// Begins with the accounts as they are before the refresh.
  init(_ accounts: [FleetClient.Account]) {
    seesUsage = !accounts.isUsageHidden
    for account in accounts {
      order.append(account.id)
      entries[account.id] = Entry(
        account: account, sampleBefore: account.usageRefreshedAt, step: account.isRefreshable ? .waiting : .leftOut)
    }
  }

  /// How far an account is; nil for one that was not there before.
  func step(of id: String) -> Step? { entries[id]?.step }

  /// How many accounts there is something to do for, and how many of them are done.
  var tally: (done: Int, all: Int) {
    (entries.values.count { $0.step == .done }, entries.values.count { $0.step != .leftOut })
  }

  /// Takes note of what has changed.
  mutating func apply(_ accounts: [FleetClient.Account]) {
    for account in accounts {
      guard var entry = entries[account.id] else { continue }
      entry.account = account
      if let sample = account.usageRefreshedAt, entry.sampleBefore.map({ $0 < sample }) ?? true { entry.step = .done }
      entries[account.id] = entry
    }
  }

  /// What is done, in one line: `refreshing 2 of 5, 4 s`.
  func headline(after elapsed: Duration) -> String {
    let time = DurationWords.full(elapsed.components.seconds)
    guard seesUsage, tally.all > 0 else { return "refreshing \(time)" }
    return "refreshing \(tally.done) of \(tally.all), \(time)"
  }

  /// The lines to show, at most so many: a headline, and a line for each account, those that are waited for before the
  /// others when there is no room for all.
  func lines(after elapsed: Duration, style: Style, atMost rows: Int) -> [StyledText] {
    let headline = StyledText("\(style.spinner(after: elapsed)) \(headline(after: elapsed))")
    guard seesUsage, rows > 2 else { return [headline] }
    var shown = order.compactMap { entries[$0] }
    var rest = 0
    if shown.count > rows - 1 {
      shown = shown.filter { $0.step == .waiting } + shown.filter { $0.step != .waiting }
      rest = shown.count - (rows - 2)
      shown = Array(shown.prefix(rows - 2))
    }
    let names = shown.map {
      DisplayWidth.truncated(PrintableText.of($0.account.displayName), to: 40, ellipsis: style.ellipsis)
    }
    let width = names.map(DisplayWidth.of).max() ?? 0
    let lines = zip(shown, names).map { entry, name in
      StyledText("  \(DisplayWidth.padded(name, to: width))  ") + Self.words(for: entry, style)
    }
    return [headline] + lines + (rest > 0 ? [StyledText("  \(style.ellipsis) \(rest) more")] : [])
  }

  private static func words(for entry: Entry, _ style: Style) -> StyledText {
    switch entry.step {
    case .waiting: StyledText(style.ellipsis)
    case .done:
      entry.account.lowestShare.map { StyledText("fresh: \($0.text)", look: $0.color) } ?? StyledText("fresh")
    case .leftOut: StyledText("left out: \(entry.account.status.words())")
    }
  }
}
