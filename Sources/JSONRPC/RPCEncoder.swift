public import JSON

/// Makes lines of JSON-RPC 2.0: each function returns the bytes of one line, its `\n` included.
public enum RPCEncoder {
  /// The answer to a call that has succeeded.
  ///
  /// - Important: `rawResult` is trusted to be one JSON value without a raw newline, as `JSONWriter` writes it.
  public static func result(id: RPCID, rawResult: [UInt8]) -> [UInt8] {
    line(reserving: rawResult.count + 64) { writer in
      writer.key("id")
      writer.value(id.jsonValue)
      writer.key("result")
      writer.raw(rawResult)
    }
  }

  /// The beginning of the answer to a call that has succeeded: what comes before its result.
  public static func beginningOfResult(id: RPCID) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 64)
    writer.beginObject()
    writer.key("jsonrpc")
    writer.string("2.0")
    writer.key("id")
    writer.value(id.jsonValue)
    writer.key("result")
    return writer.bytes
  }

  /// The end of that answer: what comes behind its result.
  public static let endOfResult: StaticString = "}\n"

  /// The answer to a call that has failed.
  public static func error(id: RPCID, _ error: RPCError) -> [UInt8] {
    line(reserving: 256) { writer in
      writer.key("id")
      writer.value(id.jsonValue)
      writer.key("error")
      writer.beginObject()
      writer.key("code")
      writer.integer(error.code.rawValue)
      writer.key("message")
      writer.string(error.message)
      writer.key("data")
      writer.beginObject()
      writer.key("code")
      writer.string(error.dataCode)
      writer.key("retryable")
      writer.bool(error.retryable)
      for (name, detail) in error.details {
        writer.key(name)
        writer.value(detail)
      }
      writer.endObject()
      writer.endObject()
    }
  }

  /// The one answer to a batch, made of the answers to its entries in the order of the requests.
  ///
  /// - Parameter answers: What `result` and `error` returned. Where there is none, because the batch held nothing but
  ///   notifications, nothing may be sent and this returns no bytes at all.
  public static func batch(_ answers: [[UInt8]]) -> [UInt8] {
    guard !answers.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(answers.reduce(2) { $0 + $1.count })
    for answer in answers {
      bytes.append(bytes.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
      bytes.append(contentsOf: answer.last == newline ? answer.dropLast() : answer[...])
    }
    bytes.append(UInt8(ascii: "]"))
    bytes.append(newline)
    return bytes
  }

  /// A call.
  public static func request(id: RPCID, method: String, params: JSONObject = [:]) -> [UInt8] {
    line(reserving: 256) { writer in
      writer.key("id")
      writer.value(id.jsonValue)
      writer.key("method")
      writer.string(method)
      writer.key("params")
      writer.object(params)
    }
  }

  /// A notification.
  public static func notification(method: String, params: JSONObject = [:]) -> [UInt8] {
    line(reserving: 256) { writer in
      writer.key("method")
      writer.string(method)
      writer.key("params")
      writer.object(params)
    }
  }

  /// A notification whose params have been written already.
  ///
  /// - Important: `rawParams` is trusted to be one JSON object without a raw newline, as `JSONWriter` writes it.
  public static func notification(method: String, rawParams: [UInt8]) -> [UInt8] {
    line(reserving: rawParams.count + 64 + method.utf8.count) { writer in
      writer.key("method")
      writer.string(method)
      writer.key("params")
      writer.raw(rawParams)
    }
  }

  private static let newline = UInt8(ascii: "\n")

  private static func line(reserving capacity: Int, _ writeMembers: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: capacity)
    writer.beginObject()
    writer.key("jsonrpc")
    writer.string("2.0")
    writeMembers(&writer)
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}
