import JSON
import Testing

@testable import FleetClient
@testable import FleetCommand

@Suite("A live view")
struct WatchStateTests {
  private var state = WatchState(order: .name, isNarrowed: false)

  init() throws {
    state.handle(.began(try change(["a", "b"])), uptime: .zero)
    _ = state.takeOrders()
  }

  @Test(
    "does what its keys and signals say",
    arguments: [
      (.key(.character("q")), [.quit]), (.key(.control("c")), [.quit]), (.closed, [.quit]),
      (.ending(.terminate), [.quit]), (.key(.control("z")), [.suspend]), (.suspensionAsked, [.suspend]),
      (.continued, [.retake]), (.resized, [.redraw]), (.key(.control("l")), [.redraw]),
      (.key(.character("r")), [.refresh]), (.key(.character("x")), []), (.key(.up), []),
    ] as [(TerminalEvent, Set<WatchState.Order>)])
  mutating func orders(event: TerminalEvent, orders: Set<WatchState.Order>) {
    state.handle(event, size: state.size, uptime: .zero)
    #expect(state.takeOrders() == orders)
    #expect(state.takeOrders().isEmpty)
  }

  @Test("has the accounts as the daemon tells them, and those alone after it came back")
  mutating func accounts() throws {
    state.handle(.changed(try change(["c"], removed: ["a"])), uptime: .zero)
    #expect(Set(state.accounts.keys) == ["b", "c"])
    state.handle(.began(try change(["d"])), uptime: .zero)
    #expect(Set(state.accounts.keys) == ["d"])
  }

  @Test("is live again as soon as the daemon tells something")
  mutating func link() throws {
    let failure = CommandFailure(.failed, "gone")
    state.handle(.lost(failure, retryAfter: .seconds(2)), uptime: .seconds(5))
    #expect(state.link == .lost(failure, retryAt: .seconds(7)))
    state.press("r")
    #expect(state.takeOrders().isEmpty)
    state.handle(.began(try change(["a"])), uptime: .seconds(8))
    #expect(state.link == .live)
  }

  @Test("ends when the daemon will not tell more")
  mutating func gaveUp() {
    state.handle(.gaveUp(CommandFailure(.unauthorized, "revoked")), uptime: .zero)
    #expect(state.takeOrders() == [.quit])
    #expect(state.end?.status == .unauthorized)
  }

  @Test("refreshes once at a time")
  mutating func refreshing() throws {
    state.press("r")
    state.press("r")
    #expect(state.takeOrders() == [.refresh])
    state.press("r")
    #expect(state.takeOrders().isEmpty)
    state.handle(.failure(CommandFailure(.failed, "no")), uptime: .zero)
    state.press("r")
    #expect(state.takeOrders() == [.refresh])
  }

  @Test("forgets a refresh that went well after a while, and not one that did not")
  mutating func forgetting() throws {
    let (good, bad) = (Fleets.refresh([Fleets.outcomes[0]]), Fleets.refresh(Fleets.outcomes))
    state.handle(.success(try Fleets.decodedRefresh(good)), uptime: .seconds(1))
    state.handle(uptime: .seconds(15))
    #expect(isShowingOutcomes)
    state.handle(uptime: .seconds(16))
    #expect(!isShowingOutcomes)
    state.handle(.success(try Fleets.decodedRefresh(bad)), uptime: .seconds(1))
    state.handle(uptime: .seconds(1_000))
    #expect(isShowingOutcomes)
  }

  @Test("sorts by the next order, from the top")
  mutating func sorting() throws {
    state.handle(.began(try change((0..<50).map { "\($0)" })), uptime: .zero)
    state.press("G")
    state.press("s")
    #expect(state.order == .share && state.offset == 0)
  }

  @Test("scrolls as far as there are accounts, also when they become fewer or the screen larger")
  mutating func scrolling() throws {
    state.handle(.began(try change((0..<50).map { "\($0)" })), uptime: .zero)
    state.press("k")
    #expect(state.offset == 0)
    state.press("j")
    #expect(state.offset == 1)
    state.press("G")
    let end = state.offset
    state.press("j")
    #expect(end == state.offset && end == state.layout.lastOffset && end > 0)
    state.handle(.resized, size: TerminalSize(columns: 80, rows: 100), uptime: .zero)
    #expect(state.offset == 0)
    state.handle(.resized, size: TerminalSize(columns: 80, rows: 10), uptime: .zero)
    state.press("G")
    state.handle(.changed(try change([], removed: (1..<50).map { "\($0)" })), uptime: .zero)
    #expect(state.offset == 0)
  }

  @Test("shows its help until it is not wanted any more")
  mutating func help() {
    state.press("?")
    #expect(state.showsHelp)
    state.press("?")
    #expect(!state.showsHelp)
    state.press("h")
    state.handle(.key(.escape), size: state.size, uptime: .zero)
    #expect(!state.showsHelp)
  }

  private var isShowingOutcomes: Bool { if case .ended = state.refresh { true } else { false } }

  private func change(_ ids: [String], removed: [String] = []) throws -> FleetClient.Change {
    let summary = try Fleets.decodedSummary(Fleets.summary(ids.map { Fleets.account($0, name: "name \($0)") }))
    return FleetClient.Change(
      accounts: summary.accounts, removed: removed, generatedAt: summary.generatedAt, json: .null)
  }
}
