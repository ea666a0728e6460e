internal import JSON
internal import JSONRPC
internal import NIOCore

/// One connection to the daemon, shared by all calls of a client.
final class ClientConnection: Sendable {
  private let channel: any Channel
  private let calls: PendingCallTable

  init(channel: any Channel, calls: PendingCallTable) {
    self.channel = channel
    self.calls = calls
  }

  /// Whether a call may still be answered on it.
  var isUsable: Bool { calls.isOpen }

  /// Sends a call and waits for its answer.
  func call(_ method: String, params: JSONObject) async throws -> JSONValue {
    try await calls.answer { id in
      let line = RPCEncoder.request(id: .integer(id), method: method, params: params)
      channel.writeAndFlush(channel.allocator.buffer(bytes: line), promise: nil)
    }
  }

  /// Fails all calls under way and closes the connection.
  func close(as failure: FleetClient.Failure) {
    calls.end(failure)
    channel.close(promise: nil)
  }
}
