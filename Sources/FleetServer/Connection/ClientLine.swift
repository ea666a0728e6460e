internal import JSONRPC

/// A line from a client that asks for something.
enum ClientLine: Sendable {
  /// One call or notification.
  case single(RPCRequest)
  /// Several, to be run side by side and answered together.
  case batch([RPCMessage])
}
