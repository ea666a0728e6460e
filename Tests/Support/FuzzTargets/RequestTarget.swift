internal import JSON
internal import JSONRPC

/// What is read as a request can be sent as the same request; what is refused, our own client reads as that refusal.
///
/// The input is the line, with or without its newline.
enum RequestTarget {
  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    let message = RPCMessage.decode(input)
    guard case .batch(let entries) = message else {
      _ = try checkEntry(message)
      return
    }
    try promise("a batch has 1 to 64 entries", (1...RPCMessage.maximumBatchCount).contains(entries.count))
    var answers: [[UInt8]] = []
    for entry in entries {
      if let answer = try checkEntry(entry) { answers.append(answer) }
    }
    guard !answers.isEmpty else { return }
    let line = RPCEncoder.batch(answers)
    try promise("a batch's answers stand on one line", isOneLine(line))
    try promise(
      "a batch has as many answers as it was given", (try? JSONReader.parse(line))?.arrayValue?.count == answers.count)
  }

  /// Returns the answer, if there has to be one.
  private static func checkEntry(_ message: RPCMessage) throws(BrokenPromise) -> [UInt8]? {
    switch message {
    case .request(let request):
      try promise("a request comes back the same", RPCMessage.decode(encode(request)) == message)
      return request.id.map { RPCEncoder.result(id: $0, rawResult: Array("{}".utf8)) }
    case .invalid(let id, let error):
      let line = RPCEncoder.error(id: id, error)
      try promise("a refusal stands on one line", isOneLine(line))
      try promise("a refusal comes back the same", (try? RPCAnswer.decode(line)) == .error(id, error))
      return line
    case .invalidNotification: return nil
    case .batch: throw BrokenPromise(description: "no batch lies in another one")
    }
  }

  private static func encode(_ request: RPCRequest) -> [UInt8] {
    guard let id = request.id else {
      return RPCEncoder.notification(method: request.method, params: request.params)
    }
    return RPCEncoder.request(id: id, method: request.method, params: request.params)
  }

  private static func isOneLine(_ bytes: [UInt8]) -> Bool {
    bytes.firstIndex(of: UInt8(ascii: "\n")) == bytes.count - 1
  }
}
