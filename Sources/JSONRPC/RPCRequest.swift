public import JSON

/// One call or notification that keeps the rules of the envelope.
///
/// Its description shows no params: they hold the caller's API key.
public struct RPCRequest: Sendable, Hashable {
  /// What the answer is to carry; nil for a notification, which is never answered.
  public var id: RPCID?

  /// The name of the method.
  public var method: String

  /// The params by name; empty when none were sent.
  public var params: JSONObject

  /// Makes a request.
  public init(id: RPCID?, method: String, params: JSONObject = [:]) {
    self.id = id
    self.method = method
    self.params = params
  }

  /// Whether this is a notification, to be run and never answered.
  public var isNotification: Bool { id == nil }
}

extension RPCRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The method and the number of params.
  public var description: String { "RPCRequest(method: \(method), params: \(params.count) redacted)" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// A mirror without the params.
  public var customMirror: Mirror {
    Mirror(self, children: ["method": method, "params": "\(params.count) redacted"], displayStyle: .struct)
  }
}
