internal import CLoadGenerator
internal import Foundation

/// A call as it is put on the wire.
struct FleetCall: Sendable {
  /// What stands before the call's number, and behind it.
  let head: String
  let tail: String

  /// A method's call with the key that sees everything.
  init(_ method: String, further params: String = "") {
    head = #"{"jsonrpc":"2.0","id":"#
    tail = #","method":"\#(method)","params":{"token":"\#(MadeStore.token)"\#(params)}}"# + "\n"
  }

  private init(tail: String) {
    head = #"{"jsonrpc":"2.0","id":"#
    self.tail = tail
  }

  /// The call that is measured most.
  static let summary = FleetCall("fleet.summary")
  /// A call that needs no key.
  static let health = FleetCall(tail: #","method":"daemon.health"}"# + "\n")

  /// The whole line.
  var line: String { head + "1" + tail }

  private static let patience: UInt64 = 60_000_000_000

  /// Waits until somebody listens at a socket and answers the call; blocks.
  func waitForAnswer(at socket: String) throws {
    let fault = load_first_answer(socket, line, Self.patience)
    guard fault == 0 else { throw BenchmarkFailure("no answer at \(socket): \(String(cString: strerror(fault)))") }
  }

  /// Makes the call on a connection of its own; blocks.
  ///
  /// - Returns: the line that answers it.
  func answer(at socket: String) throws -> [UInt8] {
    let connection = try OpenConnections(socket, count: 1)
    return try connection.answer(to: self, of: 0)
  }
}

/// Connections that are held open.
final class OpenConnections {
  private var descriptors: [Int32]
  private var piece = [CChar](repeating: 0, count: 1 << 24)

  /// Opens so many; blocks.
  init(_ socket: String, count: Int) throws {
    descriptors = [Int32](repeating: -1, count: count)
    let opened = load_open(socket, Int32(count), &descriptors)
    descriptors.removeLast(count - Int(opened))
    guard opened == count else { throw BenchmarkFailure("only \(opened) of \(count) connections could be opened") }
  }

  /// Makes a call on one of them; blocks until a line has come.
  func answer(to call: FleetCall, of index: Int) throws -> [UInt8] {
    let length = load_call(descriptors[index], call.line, &piece, piece.count)
    guard length > 0 else { throw BenchmarkFailure("no answer: \(String(cString: strerror(Int32(-length))))") }
    return piece[..<length].map { UInt8(bitPattern: $0) }
  }

  deinit {
    for descriptor in descriptors { close(descriptor) }
  }
}
