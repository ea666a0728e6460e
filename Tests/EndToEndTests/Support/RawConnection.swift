import Foundation

/// A connection that speaks bytes, so that what is tested is the wire and no client of ours.
final class RawConnection: Sendable {
  struct Failure: Error {
    let call: String
    let number: Int32
  }

  private let descriptor: Int32
  private let conversation = MessageRecorder.Conversation()

  /// Connects to a socket.
  ///
  /// - Parameter waiting: whether to wait for as long as the other side has no room for another connection.
  init(_ path: String, waiting: Bool = true) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
    if !waiting { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard result == 0 else {
      // Closed by the end of this object, which comes with the error.
      throw Failure(call: "connect", number: errno)
    }
    if !waiting { _ = fcntl(descriptor, F_SETFL, 0) }
  }

  deinit { close(descriptor) }

  /// Sends text as it stands.
  ///
  /// - Parameter isWellFormed: whether the contract allows it.
  func send(_ text: String, isWellFormed: Bool = true) throws {
    conversation.sent(text, isWellFormed: isWellFormed)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(call: "send", number: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Sends more than the other side may be willing to take at once, and waits for as long as that takes.
  func sendMuch(_ text: String) async throws { try await blocking { try self.send(text) } }

  /// Ends the sending side, as `printf … | socat` does.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Hangs up, whoever is reading or writing.
  func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Everything up to the other side's end.
  func readToEnd() async throws -> String { try await blocking { try self.read { _ in false } } }

  /// The next line, without its end.
  func readLine() async throws -> String {
    let line = try await blocking { String(try self.read { $0.last == UInt8(ascii: "\n") }.dropLast()) }
    conversation.received(line)
    return line
  }

  private func read(until isComplete: ([UInt8]) -> Bool) throws -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1)
    while !isComplete(bytes) {
      // One byte at a time: what follows the line belongs to the next reader.
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 { break }
      guard count > 0 else { throw Failure(call: "recv", number: errno) }
      bytes.append(buffer[0])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "raw-connection").async { continuation.resume(with: Result(catching: body)) }
      }
    } onCancel: {
      // At the suite's time limit the reader comes to an end rather than wait on.
      _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }
}
