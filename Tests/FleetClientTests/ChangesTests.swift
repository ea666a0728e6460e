import FleetClient
import JSON
import JSONRPC
import Testing

@Suite("A subscription", .timeLimit(.minutes(1)))
struct ChangesTests {
  private let calls = Calls()
  private let daemon: ScriptedDaemon
  private let client: FleetClient

  init() async throws {
    let calls = calls
    daemon = try await ScriptedDaemon { calls.put($0) }
    client = FleetClient(socketPath: daemon.path, token: "key")
  }

  @Test("brings all accounts first, and then those that change")
  func changes() async throws {
    let changes = Reading(client.changes(accountIDs: ["a", "b"]))
    async let next = changes.next()
    let call = try await opened(with: [Self.account("a"), Self.account("b")])
    #expect(call.request.method == "fleet.subscribe")
    #expect(call.request.params == ["accountIds": .array(["a", "b"]), "token": "key"])
    let first = try await next
    #expect(first?.accounts.map(\.id) == ["a", "b"] && first?.removed == [])
    call.send(Self.changed("s", [Self.account("b", share: 7)], removed: ["a"]))
    let second = try await changes.next()
    #expect(second?.accounts.map(\.primary.remainingPercent) == [7] && second?.removed == ["a"])
    #expect(second?.generatedAt.rfc3339 == "2026-01-02T03:04:05Z")
    #expect(second?.json["accounts"]?[0]?["new"] == .integer(1))
  }

  @Test("misses nothing that comes in one breath with its answer")
  func atOnce() async throws {
    let changes = Reading(client.changes())
    async let next = changes.next()
    let call = try #require(await calls.take(1).first)
    call.send(
      Self.answer(call, "s", [Self.account("a")]) + "\n" + Self.changed("s", [Self.account("a", share: 7)]))
    var shares: [Double?] = []
    if let change = try await next { shares += change.accounts.map(\.primary.remainingPercent) }
    if shares != [7], let change = try await changes.next() {
      shares += change.accounts.map(\.primary.remainingPercent)
    }
    #expect(shares.last == 7)
  }

  @Test("gives a slow reader the latest states together")
  func slowReader() async throws {
    let changes = Reading(client.changes())
    async let next = changes.next()
    let call = try await opened(with: [Self.account("a"), Self.account("b"), Self.account("c")])
    _ = try await next
    for share in 1...100 { call.send(Self.changed("s", [Self.account("a", share: share)])) }
    call.send(Self.changed("s", [Self.account("d")], removed: ["b"]))
    call.send(Self.changed("s", [], removed: ["d"]))
    call.send(Self.changed("s", [Self.account("b")]))
    // Answered after all that was sent.
    async let other = client.call("other")
    try #require(await calls.take(1).first).answer("1")
    _ = try await other
    let change = try await changes.next()
    #expect(change?.accounts.map(\.id) == ["a", "b"] && change?.accounts.first?.primary.remainingPercent == 100)
    #expect(change?.removed == ["d"])
  }

  @Test("ends with the connection, tells so once, and is not begun anew")
  func connectionLost() async throws {
    let changes = Reading(client.changes())
    async let next = changes.next()
    let call = try await opened(with: [])
    _ = try await next
    call.send(Self.changed("s", [Self.account("a")]))
    call.hangUp()
    var seen: [String] = []
    await #expect(throws: FleetClient.Failure.connectionLost) {
      while let change = try await changes.next() { seen += change.accounts.map(\.id) }
    }
    #expect(seen == ["a"])
    #expect(try await changes.next() == nil)
    #expect(daemon.connections == 1)
  }

  @Test("is ended at the daemon when its reader is cancelled")
  func cancelled() async throws {
    let reading = Task { for try await _ in client.changes() {} }
    _ = try await opened(with: [])
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
    try await expectUnsubscribed()
  }

  @Test("is ended at the daemon when its reader has had enough")
  func abandoned() async throws {
    let reading = Task { for try await _ in client.changes() { break } }
    _ = try await opened(with: [])
    try await reading.value
    try await expectUnsubscribed()
  }

  @Test("that is given up before the daemon has answered is ended as soon as it has")
  func cancelledEarly() async throws {
    let reading = Task { for try await _ in client.changes() {} }
    let call = try #require(await calls.take(1).first)
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
    call.send(Self.answer(call, "s", []))
    try await expectUnsubscribed()
  }

  @Test("that the daemon ends tells why, and is not ended a second time")
  func ended() async throws {
    let changes = Reading(client.changes())
    async let next = changes.next()
    let call = try await opened(with: [])
    _ = try await next
    call.send(
      #"{"jsonrpc":"2.0","method":"fleet.changed","params":{"subscription":"s","closed":"unauthorized"}}"#)
    await #expect(throws: FleetClient.Failure.subscriptionEnded(reason: "unauthorized")) { try await changes.next() }
    async let other = client.call("other")
    let following = try #require(await calls.take(1).first)
    #expect(following.request.method == "other")
    following.answer("1")
    _ = try await other
  }

  @Test("that is refused tells the daemon's error")
  func refused() async throws {
    let reading = Task { for try await _ in client.changes() {} }
    let call = try #require(await calls.take(1).first)
    call.send(String(decoding: RPCEncoder.error(id: .integer(1), .overloaded("full")), as: UTF8.self))
    await #expect(throws: FleetClient.Failure.rpc(.overloaded("full"))) { try await reading.value }
  }

  @Test("ends with its client")
  func closed() async throws {
    let changes = Reading(client.changes())
    async let next = changes.next()
    _ = try await opened(with: [])
    _ = try await next
    client.close()
    await #expect(throws: FleetClient.Failure.closed) { try await changes.next() }
  }

  @Test("is told of its own changes only")
  func several() async throws {
    let (first, second) = (Reading(client.changes()), Reading(client.changes()))
    async let firstNext = first.next()
    _ = try await opened(as: "one", with: [])
    _ = try await firstNext
    async let secondNext = second.next()
    let call = try await opened(as: "two", with: [])
    _ = try await secondNext
    call.send(Self.changed("one", [Self.account("a")]))
    call.send(Self.changed("three", [Self.account("b")]))
    call.send(Self.changed("two", [Self.account("c")]))
    #expect(try await first.next()?.accounts.map(\.id) == ["a"])
    #expect(try await second.next()?.accounts.map(\.id) == ["c"])
    #expect(daemon.connections == 1)
  }

  @Test(
    "that is told nonsense ends with what is wrong",
    arguments: [
      (#"{"subscription":"s","accounts":1}"#, "'accounts'"),
      (#"{"subscription":"s","accounts":[{}]}"#, "'accountId'"),
      (#"{"subscription":"s","accounts":[],"removed":[1]}"#, "'removed'"),
      (#"{"subscription":"s","accounts":[],"removed":[]}"#, "'generatedAt'"), ("{}", "subscription"),
    ])
  func nonsense(params: String, member: String) async throws {
    let changes = Reading(client.changes())
    async let next = changes.next()
    let call = try await opened(with: [])
    _ = try await next
    call.send(#"{"jsonrpc":"2.0","method":"fleet.changed","params":\#(params)}"#)
    let error = await #expect(throws: FleetClient.Failure.self) { try await changes.next() }
    guard case .protocolViolation(let reason)? = error else {
      Issue.record("accepted")
      return
    }
    #expect(reason.contains(member))
  }

  /// Answers the next call as the beginning of a subscription.
  private func opened(as name: String = "s", with accounts: [String]) async throws -> ScriptedDaemon.Call {
    let call = try #require(await calls.take(1).first)
    call.send(Self.answer(call, name, accounts))
    return call
  }

  private func expectUnsubscribed() async throws {
    let call = try #require(await calls.take(1).first)
    #expect(call.request.method == "fleet.unsubscribe" && call.request.isNotification)
    #expect(call.request.params == ["subscription": "s", "token": "key"])
  }

  private static func answer(_ call: ScriptedDaemon.Call, _ name: String, _ accounts: [String]) -> String {
    let list = accounts.joined(separator: ",")
    return """
      {"jsonrpc":"2.0","id":\(call.id),"result":{"subscription":"\(name)","accounts":[\(list)],\
      "generatedAt":"2026-01-02T03:04:05Z"}}
      """
  }

  private static func changed(_ name: String, _ accounts: [String], removed: [String] = []) -> String {
    let gone = removed.map { "\"\($0)\"" }.joined(separator: ",")
    return """
      {"jsonrpc":"2.0","method":"fleet.changed","params":{"subscription":"\(name)",\
      "accounts":[\(accounts.joined(separator: ","))],"removed":[\(gone)],"generatedAt":"2026-01-02T03:04:05Z"}}
      """
  }

  private static func account(_ id: String, share: Int = 50) -> String {
    """
    {"accountId":"\(id)","displayName":"\(id)","email":"e","status":"active","planType":"plus","new":1,\
    "primary":{"remainingPercent":\(share),"resetAt":null,"windowMinutes":300}}
    """
  }
}
