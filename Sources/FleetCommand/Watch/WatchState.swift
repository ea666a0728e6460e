internal import FleetClient

/// What a live view knows and what it is asked to do: everything that is decided about it is decided here.
struct WatchState: Sendable {
  /// What somebody outside has to do.
  enum Order: Sendable, Hashable {
    case quit
    /// Have the daemon refresh.
    case refresh
    /// Stop the process for a while.
    case suspend
    /// Draw everything anew.
    case redraw
    /// Take the terminal again, which others may have had, and draw everything anew.
    case retake
  }

  /// Whether the daemon tells of changes.
  enum Link: Sendable, Equatable {
    case live
    /// It cannot be asked, and is tried again at this uptime.
    case lost(CommandFailure, retryAt: Duration)
  }

  /// What is to be said about refreshes.
  enum Refresh: Sendable {
    case none
    case running(RefreshProgress, since: Duration)
    /// What came of it, shown until an uptime; nil for until the next one.
    case ended(FleetClient.RefreshResult, until: Duration?)
    case failed(CommandFailure)
  }

  /// The accounts by id.
  private(set) var accounts: [String: FleetClient.Account] = [:]
  /// When the daemon has last told something.
  private(set) var toldAt: FleetClient.Instant?
  private(set) var link = Link.live
  private(set) var refresh = Refresh.none
  private(set) var order: AccountOrder
  private(set) var showsHelp = false
  private(set) var size = TerminalSize(columns: 80, rows: 24)
  /// How many accounts are scrolled away.
  private(set) var offset = 0
  /// How many lines of the help are scrolled away.
  private(set) var helpOffset = 0
  /// Why it is over, when it is.
  private(set) var end: CommandFailure?
  /// The signal that ends it, when one does.
  private(set) var ending: TerminalEvent.Ending?
  /// What is to be done and has not been handed out.
  private var orders: Set<Order> = []
  private let isNarrowed: Bool

  /// Begins without accounts.
  ///
  /// - Parameter isNarrowed: whether only some accounts were asked for.
  init(order: AccountOrder, isNarrowed: Bool) {
    self.order = order
    self.isNarrowed = isNarrowed
  }

  /// What is to be done, each once.
  mutating func takeOrders() -> Set<Order> {
    defer { orders = [] }
    return orders
  }

  /// What there is to say when there are no accounts.
  var emptiness: String {
    isNarrowed ? "None of these accounts is visible to this key." : "No accounts, or none that this key may see."
  }

  // MARK: - What happens

  /// The daemon tells something, or is gone.
  mutating func handle(_ news: FleetFollower.News, uptime: Duration) {
    switch news {
    case .began(let change):
      accounts = [:]
      apply(change)
    case .changed(let change): apply(change)
    case .lost(let failure, let pause): link = .lost(failure, retryAt: uptime + pause)
    case .gaveUp(let failure):
      end = failure
      orders.insert(.quit)
    }
  }

  /// A refresh that was ordered has ended.
  mutating func handle(_ result: Result<FleetClient.RefreshResult, CommandFailure>, uptime: Duration) {
    switch result {
    case .success(let result):
      let hasFailures = result.outcomes.contains(where: \.kind.isFailure)
      // What went wrong stays on show, what went well need not.
      refresh = .ended(result, until: hasFailures ? nil : uptime + .seconds(15))
    case .failure(let failure): refresh = .failed(failure)
    }
  }

  /// Something happens to the terminal.
  mutating func handle(_ event: TerminalEvent, size: TerminalSize, uptime: Duration) {
    self.size = size
    switch event {
    case .key(let key): press(key, uptime: uptime)
    case .resized: orders.insert(.redraw)
    case .suspensionAsked: orders.insert(.suspend)
    case .continued: orders.insert(.retake)
    case .ending(let signal):
      ending = signal
      orders.insert(.quit)
    case .closed: orders.insert(.quit)
    }
    offset = min(offset, layout.lastOffset)
    helpOffset = min(helpOffset, WatchHelp.lastOffset(rows: size.rows))
  }

  /// Time goes by.
  mutating func handle(uptime: Duration) {
    if case .ended(_, let until?) = refresh, until <= uptime { refresh = .none }
  }

  private mutating func apply(_ change: FleetClient.Change) {
    for id in change.removed { accounts[id] = nil }
    for account in change.accounts { accounts[account.id] = account }
    toldAt = change.generatedAt
    link = .live
    if case .running(var progress, let since) = refresh {
      progress.apply(change.accounts)
      refresh = .running(progress, since: since)
    }
    offset = min(offset, layout.lastOffset)
  }

  private mutating func press(_ key: TerminalKey, uptime: Duration) {
    switch key {
    case .character("q"), .control("c"): orders.insert(.quit)
    case .control("z"): orders.insert(.suspend)
    case .control("l"): orders.insert(.redraw)
    case .character("?"), .character("h"):
      showsHelp.toggle()
      helpOffset = 0
    case .escape: showsHelp = false
    case .character("s"):
      order = order.next
      offset = 0
    case .character("r"): beginRefresh(uptime: uptime)
    case .up, .character("k"): scroll(by: -1)
    case .down, .character("j"): scroll(by: 1)
    case .pageUp: scroll(by: -page)
    case .pageDown, .character(" "): scroll(by: page)
    case .home, .character("g"): scroll(by: -lastOffset)
    case .end, .character("G"): scroll(by: lastOffset)
    case .character, .control: break
    }
  }

  /// Scrolls what is on show: the help, or the accounts.
  private mutating func scroll(by rows: Int) {
    let moved = max(0, min((showsHelp ? helpOffset : offset) + rows, lastOffset))
    if showsHelp { helpOffset = moved } else { offset = moved }
  }

  private var page: Int { showsHelp ? WatchHelp.page(rows: size.rows) : layout.page }
  private var lastOffset: Int { showsHelp ? WatchHelp.lastOffset(rows: size.rows) : layout.lastOffset }

  private mutating func beginRefresh(uptime: Duration) {
    if case .running = refresh { return }
    guard case .live = link else { return }
    refresh = .running(RefreshProgress(Array(accounts.values)), since: uptime)
    orders.insert(.refresh)
  }

  /// How the rows of the screen are given out.
  var layout: WatchLayout { WatchLayout(rows: size.rows, accounts: accounts.count) }
}
