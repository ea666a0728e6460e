import FleetClient
import JSON
import JSONRPC
import Testing

@Suite("Calls that share a connection", .timeLimit(.minutes(1)))
struct MultiplexingTests {
  @Test("answers find their calls, in whatever order they come, over one connection")
  func order() async throws {
    let calls = Calls()
    let daemon = try await ScriptedDaemon { calls.put($0) }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in Int64(0)..<100 {
        group.addTask {
          let answer = try await client.call("echo", params: ["number": .integer(number)])
          #expect(answer == .integer(number))
        }
      }
      for call in await calls.take(100).reversed() {
        call.answer("\(call.request.params["number"]?.integerValue ?? -1)")
      }
      try await group.waitForAll()
    }
    #expect(daemon.connections == 1)
  }

  @Test("a cancelled call ends at once, and its late answer disturbs nobody")
  func cancellation() async throws {
    let calls = Calls()
    let daemon = try await ScriptedDaemon { calls.put($0) }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    let cancelled = Task { try await client.call("slow") }
    let slow = await calls.take(1)
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    async let next = client.call("next")
    for call in slow + (await calls.take(1)) { call.answer("1") }
    #expect(try await next == .integer(1))
    #expect(daemon.connections == 1)
  }

  @Test("a call of a task that is cancelled already is not made")
  func cancelledBefore() async throws {
    let calls = Calls()
    let daemon = try await ScriptedDaemon { calls.put($0) }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    let (begin, continuation) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for await _ in begin {}
      return try await client.call("never")
    }
    task.cancel()
    continuation.finish()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(daemon.connections == 0)
  }

  @Test("calls under way fail when the connection is lost, and the next call connects anew")
  func connectionLost() async throws {
    let calls = Calls()
    let daemon = try await ScriptedDaemon { call in
      if call.request.method == "next" { call.answer("1") } else { calls.put(call) }
    }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    let first = Task { try await client.call("first") }
    let second = Task { try await client.call("second") }
    let pending = await calls.take(2)
    pending[0].hangUp()
    await #expect(throws: FleetClient.Failure.connectionLost) { try await first.value }
    await #expect(throws: FleetClient.Failure.connectionLost) { try await second.value }
    #expect(try await client.call("next") == .integer(1))
    #expect(daemon.connections == 2)
  }

  @Test("a closed client fails what is under way and makes no more calls")
  func closed() async throws {
    let calls = Calls()
    let daemon = try await ScriptedDaemon { calls.put($0) }
    let client = FleetClient(socketPath: daemon.path, token: nil)
    let first = Task { try await client.call("first") }
    _ = await calls.take(1)
    client.close()
    await #expect(throws: FleetClient.Failure.closed) { try await first.value }
    await #expect(throws: FleetClient.Failure.closed) { try await client.call("second") }
  }
}
