import JSON
import Testing

@testable import FleetClient
@testable import FleetCommand

@Suite("A live view's frame")
struct WatchFrameTests {
  @Test(
    "looks as stored",
    arguments: [
      ("watch-80x24", 80, 24, Style.terminal(columns: 80, usesColor: false)),
      ("watch-80x24-color", 80, 24, .terminal(columns: 80)),
      ("watch-80x24-ascii", 80, 24, .terminal(columns: 80, usesColor: false, usesUnicode: false)),
      ("watch-200x12", 200, 12, .terminal(columns: 200, usesColor: false)),
      ("watch-80x9", 80, 9, .terminal(columns: 80, usesColor: false)),
      ("watch-40x8", 40, 8, .terminal(columns: 40, usesColor: false)),
      ("watch-10x3", 10, 3, .terminal(columns: 10, usesColor: false)),
    ])
  func snapshot(name: String, columns: Int, rows: Int, style: Style) throws {
    try Snapshot.expect(try frame(Self.state(columns: columns, rows: rows), style), name)
  }

  @Test("explains its keys and marks when asked to")
  func help() throws {
    var state = try Self.state(columns: 80, rows: 24)
    state.press("?")
    try Snapshot.expect(try frame(state), "watch-help")
  }

  @Test("scrolls its help where it has more lines than the screen, and says so")
  func scrolledHelp() throws {
    var state = try Self.state(columns: 80, rows: 12)
    state.press("?")
    #expect(try frame(state).hasSuffix("… 5 more\n"))
    state.press("j")
    #expect(try frame(state).hasSuffix("… 1 above, 4 more\n"))
    for _ in 1...20 { state.press(" ") }
    #expect(try frame(state).hasSuffix("could not be refreshed\n… 5 above\n") && state.offset == 0)
    state.press("g")
    #expect(try frame(state).hasPrefix("codex-fleet watch\n"))
    state.press("G")
    state.handle(.resized, size: TerminalSize(columns: 80, rows: 16), uptime: .zero)
    #expect(try frame(state).hasPrefix("codex-fleet watch\n") && !frame(state).contains("…"))
  }

  @Test("shows shares whole where there is little room, and no status then")
  func narrow() throws {
    let text = try frame(Self.state(columns: 20, rows: 12), .terminal(columns: 20, usesColor: false))
    let lines = text.split(separator: "\n")
    #expect(!text.contains("STATUS") && lines[1].hasSuffix("5-HOUR  WEEK"))
    #expect(lines.contains("  wo…  82 %     64 %"), "\(text)")
  }

  @Test("shows a refresh, and what became of it")
  func refresh() throws {
    var state = try Self.state(columns: 100, rows: 12)
    state.press("r")
    let fresh = Fleets.account("a1", name: "work", sample: "2026-11-24T12:00:02Z")
    state.handle(.changed(try Self.change([fresh])), uptime: .seconds(2))
    try Snapshot.expect(try frame(state, uptime: .seconds(3)), "watch-refreshing")
    state.handle(.success(try Fleets.decodedRefresh(Fleets.refresh(Fleets.outcomes))), uptime: .seconds(4))
    try Snapshot.expect(try frame(state, uptime: .seconds(100)), "watch-refreshed")
  }

  @Test("says that the daemon is gone, why, and when it is tried again")
  func lost() throws {
    var state = try Self.state(columns: 80, rows: 12)
    let failure = CommandFailure(.unreachable, "no daemon at /run/fleet.sock; start it")
    state.handle(.lost(failure, retryAfter: .seconds(4)), uptime: .seconds(10))
    let line = "disconnected, reconnecting in 3 s: no daemon at /run/fleet.sock; start it"
    #expect(try frame(state, uptime: .seconds(11)).contains(line))
    #expect(try frame(state, uptime: .seconds(20)).contains("disconnected, reconnecting: no daemon"))
  }

  @Test("shows what is scrolled to, and how much is out of sight")
  func scrolled() throws {
    var state = try Self.state(columns: 80, rows: 9)
    for key in "jj" { state.press(key) }
    let text = try frame(state)
    #expect(text.contains("… 2 above, 1 more"))
    state.press("G")
    #expect(try frame(state).contains("… 3 above\n"))
  }

  @Test("says so when there is nothing to show", arguments: [true, false])
  func empty(isNarrowed: Bool) throws {
    var state = WatchState(order: .name, isNarrowed: isNarrowed)
    state.handle(.began(try Self.change([])), uptime: .zero)
    #expect(try frame(state).contains(isNarrowed ? "None of these accounts is visible" : "No accounts, or none that"))
  }

  @Test("never leaves its screen", arguments: 0...30)
  func bounds(rows: Int) throws {
    for columns in [1, 2, 3, 7, 20, 79, 81, 300] {
      for key in [" ", "?"] as [Character] {
        var state = try Self.state(columns: columns, rows: rows)
        state.press("r")
        state.press(key)
        let frame = WatchFrame(state, style: .terminal(columns: columns), now: TestConsole.now, uptime: .zero)
        #expect(frame.lines.count <= rows && frame.lines.allSatisfy { $0.width <= columns })
      }
    }
  }

  private func frame(
    _ state: WatchState, _ style: Style = .terminal(columns: 80, usesColor: false), uptime: Duration = .zero
  ) throws -> String {
    WatchFrame(state, style: style, now: TestConsole.now, uptime: uptime).lines
      .map { $0.rendered(usesColor: style.usesColor) + "\n" }.joined()
  }

  private static func state(columns: Int, rows: Int) throws -> WatchState {
    var state = WatchState(order: .name, isNarrowed: false)
    let accounts = try #require(try JSONReader.parse(Array(Fleets.mixed.utf8))["accounts"]?.arrayValue)
    state.handle(.began(try change(accounts.map { String(decoding: $0.serialized(), as: UTF8.self) })), uptime: .zero)
    state.handle(.resized, size: TerminalSize(columns: columns, rows: rows), uptime: .zero)
    return state
  }

  private static func change(_ accounts: [String]) throws -> FleetClient.Change {
    let summary = try Fleets.decodedSummary(Fleets.summary(accounts))
    return FleetClient.Change(
      accounts: summary.accounts, removed: [], generatedAt: summary.generatedAt, json: .null)
  }
}
