internal import JSON
internal import JSONRPC
internal import NIOCore

/// One connection to the daemon, shared by all calls and subscriptions of a client.
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
    try await calls.answer { id in send(id, method, params) }
  }

  /// Sends the call that begins a subscription, which tells by itself what becomes of it.
  ///
  /// - Parameter params: the call's; their token is also good for ending the subscription.
  func subscribe(_ params: JSONObject) -> Subscription {
    let subscription = Subscription { [channel, calls] name in
      calls.subscriptions.forget(name)
      var ending: JSONObject = ["subscription": .string(name)]
      ending["token"] = params["token"]
      // Nobody would wait for the answer: a notification has none.
      let line = RPCEncoder.notification(method: "fleet.unsubscribe", params: ending)
      channel.writeAndFlush(channel.allocator.buffer(bytes: line), promise: nil)
    }
    calls.begin(subscription) { id in send(id, "fleet.subscribe", params) }
    return subscription
  }

  /// Fails all calls under way and closes the connection.
  func close(as failure: FleetClient.Failure) {
    calls.end(failure)
    channel.close(promise: nil)
  }

  private func send(_ id: Int64, _ method: String, _ params: JSONObject) {
    let line = RPCEncoder.request(id: .integer(id), method: method, params: params)
    channel.writeAndFlush(channel.allocator.buffer(bytes: line), promise: nil)
  }
}
