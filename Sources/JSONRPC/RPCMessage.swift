/// What one line from a client turned out to be.
public enum RPCMessage: Sendable, Hashable {
  /// A call or notification that keeps the rules of the envelope.
  case request(RPCRequest)
  /// Something to be answered with the error under that id, `null` where none could be read.
  case invalid(id: RPCID, RPCError)
  /// A notification whose params are unacceptable. It is not run and, as every notification, never answered.
  case invalidNotification(RPCError)
  /// 1 to 64 entries in the order received; none of them is a batch.
  case batch([RPCMessage])

  /// How many entries a batch may have.
  public static let maximumBatchCount = 64
}
