public import JSONRPC

extension FleetClient {
  /// Why a call has no result.
  public enum Failure: Error, Sendable, Equatable {
    /// Nobody listens at the path: no socket there, or one that a dead daemon left.
    case notRunning(path: String)
    /// This user may not connect to the socket.
    case permissionDenied(path: String)
    /// The path cannot be connected to for another reason, which is in words for people.
    case unreachable(path: String, reason: String)
    /// The daemon's answer was an error.
    case rpc(RPCError)
    /// The connection ended before the answer came; whether the call was run is not known.
    case connectionLost
    /// The daemon sent something that is no answer, or not one this version can read.
    case protocolViolation(String)
    /// The daemon has ended a subscription, for a reason in its own word: `unauthorized` when the key was revoked or has
    /// expired.
    case subscriptionEnded(reason: String)
    /// `close()` was called.
    case closed
  }
}

extension FleetClient.Failure: CustomStringConvertible {
  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .notRunning(let path): "no daemon at \(path): start it, or give the path of its socket"
    case .permissionDenied(let path): "no permission to connect to \(path): join the group that owns the socket"
    case .unreachable(let path, let reason): "cannot connect to \(path): \(reason)"
    case .rpc(let error): "the daemon answered: \(error)"
    case .connectionLost: "the connection to the daemon was lost before it answered"
    case .protocolViolation(let reason): "the daemon sent something unexpected: \(reason)"
    case .subscriptionEnded(let reason): "the daemon has ended the subscription: \(reason)"
    case .closed: "the client is closed"
    }
  }
}
