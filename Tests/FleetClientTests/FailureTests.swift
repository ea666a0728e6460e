import Glibc
import JSON
import JSONRPC
import NIOCore
import Testing

@testable import FleetClient

@Suite("What goes wrong", .timeLimit(.minutes(1)))
struct FailureTests {
  private func failure(_ client: FleetClient) async -> FleetClient.Failure? {
    do {
      _ = try await client.health()
      return nil
    } catch {
      return error as? FleetClient.Failure
    }
  }

  private func failure(answer: String) async throws -> FleetClient.Failure? {
    let daemon = try await ScriptedDaemon { $0.send(answer) }
    return await failure(FleetClient(socketPath: daemon.path, token: nil))
  }

  @Test("no socket, or one whose daemon died, means that no daemon runs")
  func notRunning() async throws {
    let daemon = try await ScriptedDaemon { _ in }
    try await daemon.die()
    #expect(await failure(FleetClient(socketPath: daemon.path, token: nil)) == .notRunning(path: daemon.path))
    let path = ScriptedDaemon.freePath()
    #expect(await failure(FleetClient(socketPath: path, token: nil)) == .notRunning(path: path))
  }

  @Test("a daemon that was started meanwhile is found")
  func startedLater() async throws {
    let path = ScriptedDaemon.freePath()
    let client = FleetClient(socketPath: path, token: nil)
    #expect(await failure(client) == .notRunning(path: path))
    let daemon = try await ScriptedDaemon(path: path) {
      $0.answer(#"{"status":"ok","version":"1","protocolVersion":1}"#)
    }
    #expect(await failure(client) == nil)
    #expect(daemon.connections == 1)
  }

  @Test(
    "the system's errors become what they mean",
    arguments: [
      (ENOENT, FleetClient.Failure.notRunning(path: "p")), (ECONNREFUSED, .notRunning(path: "p")),
      (EACCES, .permissionDenied(path: "p")),
    ])
  func systemErrors(number: Int32, failure: FleetClient.Failure) {
    #expect(FleetClient.Failure(IOError(errnoCode: number, reason: "connect"), connectingTo: "p") == failure)
  }

  @Test("a path that is too long is told before anything is tried")
  func longPath() async {
    let path = "/" + String(repeating: "x", count: 107)
    guard case .unreachable(path, let reason)? = await failure(FleetClient(socketPath: path, token: nil)) else {
      Issue.record("not refused")
      return
    }
    #expect(reason.contains("107"))
  }

  @Test("an error of the daemon arrives with all that it says")
  func rpcError() async throws {
    let daemon = try await ScriptedDaemon { call in
      call.send(String(decoding: RPCEncoder.error(id: .integer(1), .unknownParam("x", known: ["y"])), as: UTF8.self))
    }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    #expect(await failure(client) == .rpc(.unknownParam("x", known: ["y"])))
  }

  @Test("an error without an id fails every call under way")
  func connectionError() async throws {
    let calls = Calls()
    let daemon = try await ScriptedDaemon { calls.put($0) }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    async let first = failure(client)
    async let second = failure(client)
    let pending = await calls.take(2)
    pending[0].send(String(decoding: RPCEncoder.error(id: .null, .overloaded("full")), as: UTF8.self))
    #expect(await first == .rpc(.overloaded("full")))
    #expect(await second == .rpc(.overloaded("full")))
  }

  @Test(
    "what is no answer to a call that was made is a violation of the protocol",
    arguments: [
      "nonsense", #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":77,"result":1}"#,
      #"{"jsonrpc":"2.0","id":"1","result":1}"#, #"{"jsonrpc":"2.0","id":0,"result":1}"#,
    ])
  func violations(line: String) async throws {
    guard case .protocolViolation? = try await failure(answer: line) else {
      Issue.record("accepted")
      return
    }
  }

  @Test(
    "a result of another shape is a violation that names the member",
    arguments: [
      ("1", "result"), ("{}", "status"), (#"{"status":1}"#, "status"),
      (#"{"status":"ok","version":"1","protocolVersion":"1"}"#, "protocolVersion"),
    ])
  func shapes(result: String, member: String) async throws {
    guard
      case .protocolViolation(let reason)? = try await failure(
        answer: #"{"jsonrpc":"2.0","id":1,"result":\#(result)}"#)
    else {
      Issue.record("accepted")
      return
    }
    #expect(reason.contains("'\(member)'"))
  }

  @Test("an answer that is too long is refused before it is held")
  func tooLong() async throws {
    let daemon = try await ScriptedDaemon { $0.answer(#""\#(String(repeating: "x", count: 2_000))""#) }
    let client = FleetClient(socketPath: daemon.path, token: nil, maximumAnswerLength: 1_000)
    #expect(await failure(client) == .protocolViolation("an answer of more than 1000 bytes"))
  }

  @Test("the token is shown nowhere")
  func redaction() {
    let client = FleetClient(socketPath: "/p", token: "sk-secret")
    var dumped = ""
    dump(client, to: &dumped)
    for text in ["\(client)", String(reflecting: client), dumped] { #expect(!text.contains("sk-secret")) }
  }
}
