import JSON
import JSONRPC
import Testing

@Suite("Errors")
struct RPCErrorTests {
  private static let table: [(RPCError, Int, String, Bool)] = [
    (.parseError(JSONSyntaxError(.malformed, position: 3)), -32700, "parse_error", false),
    (.invalidRequest("why"), -32600, "invalid_request", false),
    (.requestTooLarge(limit: 1_048_576), -32600, "request_too_large", false),
    (.methodNotFound("x"), -32601, "method_not_found", false),
    (.invalidParams(param: "timeoutMs", expected: "a positive integer"), -32602, "invalid_params", false),
    (.unknownParam("tokn", known: ["token"]), -32602, "invalid_params", false),
    (.internalError(incident: "i-1"), -32603, "internal_error", false),
    (.missingAPIKey, -32001, "missing_api_key", false),
    (.invalidAPIKey, -32001, "invalid_api_key", false),
    (.apiKeyExpired, -32001, "api_key_expired", false),
    (.serviceUnavailable(), -32002, "service_unavailable", true),
    (.overloaded("Too many connections"), -32003, "overloaded", true),
    (.deadlineExceeded, -32004, "deadline_exceeded", false),
    (.storeUnavailable("The database is locked"), -32005, "store_unavailable", true),
    (.requestCancelled, -32800, "request_cancelled", false),
  ]

  @Test("each kind has its number, its name and its word on retrying", arguments: table)
  func kinds(error: RPCError, code: Int, dataCode: String, retryable: Bool) throws {
    #expect(error.code.rawValue == code)
    #expect(error.dataCode == dataCode)
    #expect(error.retryable == retryable)
    #expect(error.kind?.rawValue == dataCode)
    #expect(!error.message.isEmpty)
  }

  @Test("each kind survives the way to the client", arguments: table)
  func roundTrip(error: RPCError, code: Int, dataCode: String, retryable: Bool) throws {
    let line = RPCEncoder.error(id: .string("q"), error)
    #expect(try RPCAnswer.decode(line) == .error(.string("q"), error))
    let value = try JSONReader.parse(line)
    #expect(value["error"]?["code"] == .integer(Int64(code)))
    #expect(value["error"]?["data"]?["code"] == .string(dataCode))
    #expect(value["error"]?["data"]?["retryable"] == .bool(retryable))
    #expect(value["result"] == nil)
  }

  @Test("the table names every kind")
  func complete() {
    #expect(Set(Self.table.map(\.2)) == Set(RPCErrorKind.allCases.map(\.rawValue)))
  }

  @Test("texts say what to change")
  func texts() {
    #expect(RPCError.serviceUnavailable().message == "Server is draining")
    #expect(
      RPCError.invalidParams(param: "timeoutMs", expected: "a positive integer").message
        == "Invalid params: 'timeoutMs': expected a positive integer")
    #expect(
      RPCError.unknownParam("tokn", known: ["token", "accountIds"]).message
        == "Invalid params: unknown param 'tokn', expected only token, accountIds")
    #expect(RPCError.requestTooLarge(limit: 100).details == ["limit": 100])
    #expect(RPCError.internalError(incident: "i-1").details == ["incident": "i-1"])
  }

  @Test("an over-long name is cut in the answer")
  func excerpts() {
    let name = String(repeating: "é", count: 1_000_000)
    for error in [
      RPCError.methodNotFound(name), .invalidParams(param: name, expected: "x"), .unknownParam(name, known: []),
    ] {
      #expect(RPCEncoder.error(id: .null, error).count < 1_000)
    }
    let exact = String(repeating: "a", count: 100)
    #expect(RPCError.methodNotFound(exact).message == "Method not found: \(exact)")
  }

  @Test("details cannot take the places of code and retryable")
  func reservedDetails() throws {
    let error = RPCError(.overloaded, message: "m", details: ["code": 1, "x": 2, "retryable": false])
    #expect(error.details == ["x": 2])
    #expect(
      text(RPCEncoder.error(id: .integer(1), error))
        == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"m","data":{"code":"overloaded","retryable":true,"x":2}}}"#
        + "\n")
  }
}
