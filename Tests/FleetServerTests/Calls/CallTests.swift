import Fleet
import FleetServer
import FleetTestSupport
import JSON
import JSONRPC
import Testing

@Suite("Calls over the socket", .timeLimit(.minutes(1)))
struct CallTests {
  @Test("the health of the daemon needs no token")
  func health() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      let answer = try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"daemon.health"}"#)
      #expect(answer == #"{"jsonrpc":"2.0","id":1,"result":{"status":"ok","version":"1.2.3","protocolVersion":1}}"#)
    }
  }

  @Test("a summary and a refresh answer in full")
  func results() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      #expect(
        try await client.ask(#"{"jsonrpc":"2.0","id":"a","method":"fleet.summary","params":{"token":"full"}}"#)
          == #"{"jsonrpc":"2.0","id":"a","result":{"accounts":[],"generatedAt":"2026-01-02T03:04:05Z"}}"#)
      #expect(
        try await client.ask(#"{"jsonrpc":"2.0","id":"b","method":"fleet.refresh","params":{"token":"full"}}"#)
          == #"{"jsonrpc":"2.0","id":"b","result":{"ok":true,"usageWritten":false,"accountCount":0,"#
          + #""attemptedCount":0,"generatedAt":"2026-01-02T03:04:05Z","outcomes":[]}}"#)
    }
  }

  @Test(
    "an id comes back with the type and value it had",
    arguments: ["1", "-9223372036854775808", "0.5", #""1""#, #""é\"""#, "null"])
  func ids(id: String) async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      let answer = try await client.ask(#"{"method":"daemon.health","id":\#(id),"jsonrpc":"2.0"}"#)
      #expect(answer?.hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"result":"#) == true)
    }
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var line: String
    var kind: RPCErrorKind
    var words = ""
    var testDescription: String { "\(kind) for \(line.prefix(90))" }

    static func call(_ method: String, _ params: String, _ kind: RPCErrorKind, _ words: String = "") -> Refused {
      Refused(
        line: #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#, kind: kind, words: words)
    }
  }

  static let manyIDs = "[" + repeatElement(#""a""#, count: 10_001).joined(separator: ",") + "]"

  @Test(
    "what cannot be done is refused with its own code, and the connection goes on",
    arguments: [
      Refused(line: "nonsense", kind: .parseError),
      Refused(line: #"{"a":1,"a":2}"#, kind: .parseError),
      Refused(line: String(repeating: "[", count: 100), kind: .parseError),
      Refused(line: "1", kind: .invalidRequest),
      Refused(line: "[]", kind: .invalidRequest),
      Refused(line: #"{"jsonrpc":"1.0","id":1,"method":"daemon.health"}"#, kind: .invalidRequest),
      Refused(line: #"{"jsonrpc":"2.0","id":{},"method":"daemon.health"}"#, kind: .invalidRequest),
      Refused(line: "[" + repeatElement("1", count: 65).joined(separator: ",") + "]", kind: .invalidRequest),
      .call("$/cancelRequest", #"{"id":1}"#, .invalidRequest, "notification"),
      .call("rpc.discover", #"{"token":"full"}"#, .invalidParams, "no params"),
      .call("daemon.stats", "{}", .missingAPIKey),
      .call("fleet.unsubscribe", #"{"token":"full"}"#, .invalidParams, "subscription"),
      .call("fleet.unsubscribe", #"{"token":"full","subscription":"subscription-1"}"#, .invalidParams, "open on this"),
      .call("fleet.refresh", #"{"token":"full","timeoutMs":0}"#, .invalidParams, "from 1 to 86400000"),
      .call("fleet.refresh", #"{"token":"full","timeoutMs":1.5}"#, .invalidParams, "timeoutMs"),
      .call("fleet.summary", #"{"token":"full","timeoutMs":1}"#, .invalidParams, "timeoutMs"),
      .call("daemon.health", "[]", .invalidParams),
      .call("daemon.health", #"{"token":"full"}"#, .invalidParams, "token"),
      .call("fleet.nothing", "{}", .methodNotFound, "fleet.nothing"),
      .call("fleet.nothing", #"{"token":"wrong"}"#, .methodNotFound),
      .call("fleet.summary", "{}", .missingAPIKey),
      .call("fleet.summary", #"{"token":""}"#, .missingAPIKey),
      .call("fleet.refresh", #"{"token":1}"#, .missingAPIKey),
      .call("fleet.summary", #"{"token":"wrong"}"#, .invalidAPIKey),
      .call("fleet.summary", #"{"token":"wrong","accountIds":1,"other":2}"#, .invalidAPIKey),
      .call("fleet.refresh", #"{"token":"expired"}"#, .apiKeyExpired),
      .call("fleet.summary", #"{"token":"broken"}"#, .storeUnavailable, "the database is locked"),
      .call("fleet.summary", #"{"token":"full","acountIds":[]}"#, .invalidParams, "acountIds"),
      .call("fleet.summary", #"{"token":"full","accountIds":"a"}"#, .invalidParams, "an array of strings"),
      .call("fleet.summary", #"{"token":"full","accountIds":null}"#, .invalidParams, "accountIds"),
      .call("fleet.refresh", #"{"token":"full","accountIds":["a",1]}"#, .invalidParams, "an array of strings"),
      .call("fleet.summary", #"{"token":"full","accountIds":\#(manyIDs)}"#, .invalidParams, "at most 10000"),
    ])
  func refusals(refused: Refused) async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      try await client.send(refused.line + "\n")
      guard case .error(_, let error)? = try await client.answer() else {
        Issue.record("no error")
        return
      }
      #expect(error.kind == refused.kind)
      #expect(error.code == refused.kind.code)
      #expect(error.retryable == refused.kind.isRetryable)
      #expect(refused.words.isEmpty || error.message.contains(refused.words))
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":2,"method":"daemon.health"}"#) != nil)
    }
  }

  @Test("the accounts asked for reach the core once each, however often they are named")
  func accountIDs() async throws {
    let fleet = StubFleet(
      summaryAnswer: { (ids) async throws(StoreError) in
        guard ids == ["a", "b"] else { throw StoreError(.busy, "other ids") }
        return StubFleet.look([])
      })
    try await TestServer.with(fleet) { server in
      let client = try await server.connect()
      let answer = try await client.ask(
        #"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"accountIds":["b","a","b"],"token":"full"}}"#)
      #expect(answer?.contains("result") == true)
    }
  }

  @Test(
    "a refresh that is not done is refused with its own code",
    arguments: [
      (RefreshRefusal.overloaded, RPCErrorKind.overloaded, "refreshes"),
      (.draining(outcomesSoFar: []), .serviceUnavailable, "Server is draining"),
      (.storeUnavailable(StoreError(.full, "no space left")), .storeUnavailable, "no space left"),
      (.storeUnavailable(StoreError(.sessionClosed, "SECRET INTERNALS")), .internalError, "incident"),
      (.waitCancelled, .internalError, "incident"),
    ])
  func refreshRefusals(refusal: RefreshRefusal, kind: RPCErrorKind, words: String) async throws {
    let fleet = StubFleet(refreshAnswer: { (_) async throws(RefreshRefusal) in throw refusal })
    try await TestServer.with(fleet) { server in
      let client = try await server.connect()
      try await client.send(#"{"jsonrpc":"2.0","id":1,"method":"fleet.refresh","params":{"token":"full"}}"# + "\n")
      guard case .error(.integer(1), let error)? = try await client.answer() else {
        Issue.record("no error")
        return
      }
      #expect(error.kind == kind)
      #expect(error.message.contains(words))
      #expect(!error.message.contains("SECRET"))
      if kind == .internalError {
        let incident = error.details["incident"]?.stringValue ?? "none"
        #expect(server.logs.entries.contains { $0.hasPrefix("error") && $0.contains("incident=\(incident)") })
      }
    }
  }

  @Test("the outcomes so far go with the refusal of a draining daemon")
  func drainingOutcomes() async throws {
    let outcome = RefreshOutcome(accountID: "a", result: .failed, reason: .draining)
    let fleet = StubFleet(
      refreshAnswer: { (_) async throws(RefreshRefusal) in throw .draining(outcomesSoFar: [outcome]) })
    try await TestServer.with(fleet) { server in
      let client = try await server.connect()
      let answer = try await client.ask(
        #"{"jsonrpc":"2.0","id":1,"method":"fleet.refresh","params":{"token":"full"}}"#)
      #expect(
        answer == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"Server is draining","data":"#
          + #"{"code":"service_unavailable","retryable":true,"#
          + #""outcomes":[{"accountId":"a","outcome":"failed","reason":"draining"}]}}}"#)
    }
  }

  @Test("a slow refresh does not hold up the summary behind it")
  func concurrency() async throws {
    let gate = Gate()
    try await TestServer.with(.refreshing(behind: gate)) { server in
      let client = try await server.connect()
      try await client.send(#"{"jsonrpc":"2.0","id":1,"method":"fleet.refresh","params":{"token":"full"}}"# + "\n")
      let first = try await client.ask(#"{"jsonrpc":"2.0","id":2,"method":"fleet.summary","params":{"token":"full"}}"#)
      #expect(first?.contains(#""id":2"#) == true)
      #expect(server.server.statistics.callsInFlight == 1)
      gate.open()
      #expect(await client.line()?.contains(#""id":1"#) == true)
    }
  }

  @Test("notifications are run and never answered, whether they succeed or fail")
  func notifications() async throws {
    let gate = Gate()
    gate.open()
    try await TestServer.with(.refreshing(behind: gate)) { server in
      let client = try await server.connect()
      try await client.send(
        #"{"jsonrpc":"2.0","method":"fleet.refresh","params":{"token":"full"}}"# + "\n"
          + #"{"jsonrpc":"2.0","method":"fleet.refresh","params":{"token":"wrong"}}"# + "\n"
          + #"{"jsonrpc":"2.0","method":"fleet.refresh","params":[]}"# + "\n"
          + #"{"jsonrpc":"2.0","method":"no.such"}"# + "\n")
      await gate.arrivals(1)
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":9,"method":"daemon.health"}"#)?.contains(#""id":9"#) == true)
      try await client.halfClose()
      #expect(await client.line() == nil)
    }
  }

  @Test("each call is one line of log, without its params")
  func logging() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      _ = try await client.ask(
        #"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"full","accountIds":["acct"]}}"#)
      _ = try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"sk-wrong"}}"#)
      _ = try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"sk-method","params":{"sk-name":1}}"#)
      let calls = server.logs.entries.filter { $0.hasPrefix("debug call ") }
      #expect(calls.count == 3)
      #expect(calls[0].contains("code=ok connection=1 duration="))
      #expect(calls[0].contains("method=fleet.summary"))
      #expect(calls[1].contains("code=invalid_api_key"))
      #expect(calls[2].contains("code=method_not_found") && calls[2].contains("method=unknown"))
      #expect(!server.logs.entries.contains { $0.contains("sk-") || $0.contains("acct") || $0.contains("full ") })
    }
  }
}
