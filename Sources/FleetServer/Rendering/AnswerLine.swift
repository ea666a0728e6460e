internal import Fleet
internal import JSONRPC
internal import NIOCore

/// The line that answers a call, in the pieces in which it is sent.
enum AnswerLine: Hashable, Sendable {
  /// Bytes of its own.
  case bytes([UInt8])
  /// A summary: its accounts are shared with other answers and lie between its own beginning and end.
  case summary(beginning: ByteBuffer, accounts: [ByteBuffer], end: ByteBuffer)

  /// The answer to a summary call.
  static func summary(id: RPCID, _ rendering: FleetRendering, at instant: Timestamp) -> AnswerLine {
    // Both are cut out of one piece of memory.
    var own = ByteBuffer()
    own.reserveCapacity(160)
    own.writeBytes(RPCEncoder.beginningOfResult(id: id))
    own.writeStaticString(#"{"accounts":["#)
    let middle = own.writerIndex
    own.writeStaticString(#"],"generatedAt":""#)
    instant.withRFC3339 { _ = own.writeBytes($0) }
    own.writeStaticString(#""}"#)
    own.writeStaticString(RPCEncoder.endOfResult)
    let end = own.getSlice(at: middle, length: own.writerIndex - middle) ?? ByteBuffer()
    own.moveWriterIndex(to: middle)
    return .summary(beginning: own, accounts: rendering.pieces, end: end)
  }

  /// The whole line.
  var bytes: [UInt8] {
    switch self {
    case .bytes(let bytes): bytes
    case .summary(let beginning, let accounts, let end):
      ([beginning] + accounts + [end]).flatMap { Array($0.readableBytesView) }
    }
  }
}
