internal import NIOConcurrencyHelpers

/// What this process remembers of one account; it is lost with the process, and nothing depends on it lasting.
struct AccountMemory: Hashable, Sendable {
  /// A time in which the upstream is not asked, because it refused the account's login.
  struct CoolDown: Hashable, Sendable {
    /// When it ends, in the clock's uptime.
    var ends: Duration
    /// When the login that was refused was made or renewed: another one need not wait.
    var login: Timestamp?
    /// Why it began.
    var reason: RefreshReason
  }

  /// The last fetch that brought a valid payload.
  struct Fetch: Hashable, Sendable {
    /// When it ended, by the wall clock.
    var at: Timestamp
    /// When it ended, in the clock's uptime.
    var uptime: Duration
    /// What there was to say of it when it left no rows, which is then as true as long as it is fresh.
    var inVain: RefreshOutcome?
  }

  /// The running cool-down.
  var coolDown: CoolDown?
  /// The last successful fetch.
  var lastFetch: Fetch?
}

/// The memories of all accounts.
///
/// Bounded: whenever it has doubled, what no longer bears on any decision is dropped.
final class AccountMemories: Sendable {
  private struct State {
    var entries: [AccountID: AccountMemory] = [:]
    var sweepAt = 1_024
  }

  private let state = NIOLockedValueBox(State())
  private let settings: LiveRefreshSettings

  /// Makes an empty memory.
  ///
  /// - Parameter settings: say how long a fetch is worth remembering.
  init(settings: LiveRefreshSettings) { self.settings = settings }

  /// What is remembered of an account.
  subscript(id: AccountID) -> AccountMemory { state.withLockedValue { $0.entries[id] ?? AccountMemory() } }

  /// Remembers a fetch that brought a valid payload, which also ends any cool-down.
  func noteFetch(of id: AccountID, at now: Timestamp, uptime: Duration, inVain: RefreshOutcome? = nil) {
    let fetch = AccountMemory.Fetch(at: now, uptime: uptime, inVain: inVain)
    note(AccountMemory(coolDown: nil, lastFetch: fetch), of: id, uptime: uptime)
  }

  /// Remembers to leave an account alone.
  func noteCoolDown(of id: AccountID, _ coolDown: AccountMemory.CoolDown, uptime: Duration) {
    var memory = self[id]
    memory.coolDown = coolDown
    note(memory, of: id, uptime: uptime)
  }

  private func note(_ memory: AccountMemory, of id: AccountID, uptime: Duration) {
    let interval = settings.current.interval
    state.withLockedValue { state in
      state.entries[id] = memory
      guard state.entries.count >= state.sweepAt else { return }
      state.entries = state.entries.filter { _, memory in
        (memory.coolDown.map { $0.ends > uptime } ?? false)
          || (memory.lastFetch.map { uptime - $0.uptime < interval } ?? false)
      }
      state.sweepAt = max(1_024, state.entries.count * 2)
    }
  }
}
