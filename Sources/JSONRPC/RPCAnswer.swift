public import JSON

/// What one line from a server turned out to be.
public enum RPCAnswer: Sendable, Equatable {
  /// The call with that id has succeeded.
  case result(RPCID, JSONValue)
  /// The call with that id has failed; the id is `null` when the server could not read it.
  case error(RPCID, RPCError)
  /// Something the server tells unasked.
  case notification(method: String, params: JSONObject)

  /// Reads one line, with or without its newline.
  ///
  /// An error whose `data` is missing or no object is accepted, with an empty stable name and `retryable` false.
  public static func decode(_ line: UnsafeRawBufferPointer) throws(RPCDecodingError) -> RPCAnswer {
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONReader.parse(line)
    } catch {
      throw RPCDecodingError("not JSON: \(error)")
    }
    guard case .object(let members) = value else { throw RPCDecodingError("not an object") }
    return try decode(members)
  }

  /// Reads one line, with or without its newline.
  public static func decode(_ line: [UInt8]) throws(RPCDecodingError) -> RPCAnswer {
    try line.withUnsafeBufferPointer { (buffer) throws(RPCDecodingError) in
      try decode(UnsafeRawBufferPointer(buffer))
    }
  }

  private static func decode(_ members: JSONObject) throws(RPCDecodingError) -> RPCAnswer {
    guard members["jsonrpc"] == .string("2.0") else { throw RPCDecodingError("'jsonrpc' is not \"2.0\"") }
    guard members["method"] == nil else { return try decodeNotification(members) }
    guard let id = members["id"].flatMap(RPCID.init) else {
      throw RPCDecodingError("'id' is missing or neither a string nor a number nor null")
    }
    switch (members["result"], members["error"]) {
    case (let result?, nil): return .result(id, result)
    case (nil, let error?): return .error(id, try decodeError(error))
    case (nil, nil): throw RPCDecodingError("neither 'result' nor 'error' nor 'method' is there")
    case (_?, _?): throw RPCDecodingError("both 'result' and 'error' are there")
    }
  }

  private static func decodeNotification(_ members: JSONObject) throws(RPCDecodingError) -> RPCAnswer {
    guard members["id"] == nil, members["result"] == nil, members["error"] == nil else {
      throw RPCDecodingError("a notification carries 'id', 'result' or 'error'")
    }
    guard case .string(let method)? = members["method"] else { throw RPCDecodingError("'method' is not a string") }
    switch members["params"] {
    case nil: return .notification(method: method, params: [:])
    case .object(let params)?: return .notification(method: method, params: params)
    default: throw RPCDecodingError("'params' is not an object")
    }
  }

  private static func decodeError(_ value: JSONValue) throws(RPCDecodingError) -> RPCError {
    guard let number = value["code"]?.integerValue, let code = Int(exactly: number) else {
      throw RPCDecodingError("'error.code' is not a whole number")
    }
    guard let message = value["message"]?.stringValue else {
      throw RPCDecodingError("'error.message' is not a string")
    }
    let data = value["data"]?.objectValue ?? [:]
    return RPCError(
      code: RPCErrorCode(rawValue: code), dataCode: data["code"]?.stringValue ?? "", message: message,
      retryable: data["retryable"]?.boolValue ?? false, details: data)
  }
}
