public import JSON

extension RPCMessage {
  /// Reads one line, with or without its newline. Whatever is wrong with it becomes the answer it deserves.
  public static func decode(_ line: UnsafeRawBufferPointer) -> RPCMessage {
    do throws(JSONSyntaxError) {
      return decode(try JSONReader.parse(line))
    } catch {
      return .invalid(id: .null, error.reason == .outOfMemory ? .outOfMemory : .parseError(error))
    }
  }

  /// Reads one line, with or without its newline.
  public static func decode(_ line: [UInt8]) -> RPCMessage {
    line.withUnsafeBytes { decode($0) }
  }

  /// Judges a value that has been read already.
  public static func decode(_ value: JSONValue) -> RPCMessage {
    switch value {
    case .object(let members): decodeRequest(members)
    case .array(let entries): decodeBatch(entries)
    default: .invalid(id: .null, .invalidRequest("expected an object or an array of objects"))
    }
  }

  private static func decodeBatch(_ entries: [JSONValue]) -> RPCMessage {
    guard !entries.isEmpty else { return .invalid(id: .null, .invalidRequest("the batch is empty")) }
    guard entries.count <= maximumBatchCount else {
      return .invalid(id: .null, .invalidRequest("a batch may have at most \(maximumBatchCount) entries"))
    }
    return .batch(
      entries.map { entry in
        guard case .object(let members) = entry else {
          return .invalid(id: .null, .invalidRequest("expected an object as the entry of a batch"))
        }
        return decodeRequest(members)
      })
  }

  /// Members besides those of the envelope are tolerated.
  private static func decodeRequest(_ members: JSONObject) -> RPCMessage {
    var id: RPCID?
    if let value = members["id"] {
      guard let readable = RPCID(value) else {
        return .invalid(id: .null, .invalidRequest("'id' must be a string, a number or null"))
      }
      id = readable
    }
    guard members["jsonrpc"] == .string("2.0") else {
      return .invalid(id: id ?? .null, .invalidRequest("'jsonrpc' must be \"2.0\""))
    }
    guard case .string(let method)? = members["method"] else {
      return .invalid(id: id ?? .null, .invalidRequest("'method' must be a string"))
    }
    switch members["params"] {
    case nil: return .request(RPCRequest(id: id, method: method))
    case .object(let params)?: return .request(RPCRequest(id: id, method: method, params: params))
    case .array?: return rejectParams(of: id, .invalidParams(param: "params", expected: byName))
    default: return rejectParams(of: id, .invalidRequest("'params' must be an object"))
    }
  }

  private static let byName = "an object: params are given by name, not by position"

  private static func rejectParams(of id: RPCID?, _ error: RPCError) -> RPCMessage {
    guard let id else { return .invalidNotification(error) }
    return .invalid(id: id, error)
  }
}
