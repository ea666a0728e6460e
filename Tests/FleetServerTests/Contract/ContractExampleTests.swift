import FleetTestSupport
import JSON
import NIOConcurrencyHelpers
import Testing

@testable import Fleet
@testable import FleetServer

/// Runs the worked examples that stand beside each method of the contract: every call is made, and what comes back is
/// what the document shows. The fleet behind the server is one that has what the example is about.
@Suite("The contract's examples of each method", .timeLimit(.minutes(1)))
struct ContractExampleTests {
  /// The calls that have to be made before an example's own, and what the server has to be.
  private struct Stage {
    var fleet = StubFleet()
    var clock: any FleetClock = RunningClock()
    var version = "1.2.3"
    var before: [String] = []
    var prepare: @Sendable (TestServer) async -> Void = { _ in }

    init(for example: ContractExample) throws {
      switch (example.method, example.name) {
      case ("fleet.summary", _), ("fleet.subscribe", _):
        guard let result = example.result else { break }
        let look = try FleetLook(example: result)
        fleet.summaryAnswer = { (_) async throws(StoreError) in look }
      case ("fleet.refresh", "timeoutMs has passed"):
        let clock = TestClock(now: StubFleet.instant)
        self.clock = clock
        fleet = .refreshing(behind: Gate())
        prepare = { _ in
          await clock.sleepers(1)
          clock.advance(by: .milliseconds(1))
        }
      case ("fleet.refresh", _):
        if let result = example.result {
          let report = try RefreshReport(example: result)
          fleet.refreshAnswer = { (_) async throws(RefreshRefusal) in report }
        } else if let outcomes = example.error?["data"]?["outcomes"] {
          let outcomes = try [RefreshOutcome](example: outcomes)
          fleet.refreshAnswer = { (_) async throws(RefreshRefusal) in throw .draining(outcomesSoFar: outcomes) }
        }
      case ("fleet.unsubscribe", "end it"): before = [Self.subscribe]
      case ("daemon.health", _), ("daemon.stats", _): version = example.result?["version"]?.stringValue ?? version
      default: break
      }
      if example.name == "the seventeenth" { before = Array(repeating: Self.subscribe, count: 16) }
      if example.name == "draining" { prepare = { $0.server.beginDraining() } }
    }

    private static let subscribe = #"{"jsonrpc":"2.0","id":0,"method":"fleet.subscribe","params":{"token":"full"}}"#
  }

  private let contract: Contract

  init() throws { contract = try Contract() }

  @Test("a call is answered as the document shows", arguments: ContractExample.all(of: try Contract()))
  func calls(example: ContractExample) async throws {
    if example.method == Method.cancelRequest.rawValue { return try await cancel(example) }
    let stage = try Stage(for: example)
    try await TestServer.with(stage.fleet, clock: stage.clock, version: stage.version) { server in
      let client = try await server.connect()
      for line in stage.before { #expect(try await client.ask(line)?.contains("result") == true) }
      // Who is connected stays so while the server drains.
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":0,"method":"daemon.health"}"#) != nil)
      if example.name == "draining" { await stage.prepare(server) }
      try await client.send(example.line(id: 1) + "\n")
      if example.name != "draining" { await stage.prepare(server) }
      let answer = try JSONReader.parse(Array(try #require(await client.line()).utf8))
      #expect(answer["id"] == 1)
      if let error = example.error {
        #expect(answer["error"]?.isSame(as: error) == true, "\(answer)")
      } else {
        let result = try #require(answer["result"], "\(answer)")
        try expect(result, isWhat: example)
      }
    }
  }

  private func expect(_ result: JSONValue, isWhat example: ContractExample) throws {
    let shown = try #require(example.result)
    switch example.method {
    case Method.statistics.rawValue:
      // Figures of another day: what there is of them is compared, at every depth.
      #expect(contract.differences(of: shown, from: contract.schema("StatsResult")).isEmpty)
      #expect(contract.differences(of: result, from: contract.schema("StatsResult")).isEmpty)
    case Method.discover.rawValue:
      // Cut short in the document.
      #expect(result.isSame(as: contract.document))
      #expect(Set(try #require(shown.objectValue).keys).isSubset(of: try #require(result.objectValue).keys))
      #expect(shown["openrpc"] == result["openrpc"])
    default: #expect(result.isSame(as: shown), "\(result)")
    }
  }

  /// What is cancelled is a call that waits.
  private func cancel(_ example: ContractExample) async throws {
    let gate = Gate()
    let id = try #require(example.params["id"]?.integerValue)
    try await TestServer.with(.refreshing(behind: gate)) { server in
      let client = try await server.connect()
      try await client.send(
        #"{"jsonrpc":"2.0","id":\#(id),"method":"fleet.refresh","params":{"token":"full"}}"# + "\n")
      await gate.arrivals(1)
      let answer = try #require(try await client.ask(example.line(id: nil)))
      #expect(answer.contains("\"id\":\(id),") && answer.contains("request_cancelled"))
      gate.open()
    }
  }

  @Test("a notification is sent as the document shows")
  func notifications() async throws {
    let examples = contract.document["x-notifications"]?[0]?["examples"]?.arrayValue ?? []
    #expect(examples.count == 3)
    for example in examples {
      let shown = try #require(example["value"])
      let looks = NIOLockedValueBox([try Self.before(shown)])
      let isRevoked = NIOLockedValueBox(false)
      let (changes, bell) = AsyncStream.makeStream(of: Void.self)
      var fleet = StubFleet(summaryAnswer: { (_) async throws(StoreError) in
        looks.withLockedValue { $0[$0.count - 1] }
      })
      fleet.changeStream = { changes }
      fleet.isRevoked = { isRevoked.withLockedValue { $0 } }
      try await TestServer.with(fleet) { server in
        let client = try await server.connect()
        let line = #"{"jsonrpc":"2.0","id":1,"method":"fleet.subscribe","params":{"token":"full"}}"#
        #expect(try await client.ask(line)?.contains("result") == true)
        if shown["closed"] == nil {
          let after = try FleetLook(example: shown)
          looks.withLockedValue { $0.append(after) }
        } else {
          isRevoked.withLockedValue { $0 = true }
        }
        bell.yield()
        let notification = try JSONReader.parse(Array(try #require(await client.line()).utf8))
        #expect(notification["method"]?.stringValue == Method.changed && notification["id"] == nil)
        #expect(notification["params"]?.isSame(as: shown) == true, "\(notification)")
      }
    }
  }

  /// What there was before a change: the accounts that it removes.
  private static func before(_ change: JSONValue) throws -> FleetLook {
    let removed = change["removed"]?.arrayValue ?? []
    let records = removed.map { id in
      AccountRecord(
        account: Account(
          id: AccountID(id.stringValue ?? ""), email: "old@example.com", plan: Plan("plus"), status: .active),
        latest: LatestUsage())
    }
    return StubFleet.look(records)
  }
}
