internal import CJansson

/// A value tree owned by jansson, freed exactly once.
struct JanssonDocument: ~Copyable {
  private let root: UnsafeMutablePointer<json_t>
  private let length: Int

  /// Parses bytes whose nesting has been checked already. `bytes` must not be empty.
  init(parsing bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) {
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
    var fault = cjansson_fault()
    let refusals = AllocationWatch.refusals
    let parsed = cjansson_parse(bytes.baseAddress, bytes.count, Int(flags), &fault)
    // Whatever came of it then may be another value than was sent. That it may have been another thread's is no matter.
    guard AllocationWatch.refusals == refusals else {
      if let parsed { cjansson_release(parsed) }
      throw JSONSyntaxError(.outOfMemory, position: 0)
    }
    guard let root = parsed else { throw JSONSyntaxError(fault, length: bytes.count) }
    self.root = root
    length = bytes.count
  }

  deinit {
    cjansson_release(root)
  }

  /// Copies the tree into a value. The recursion is as deep as the nesting, which the caller has bounded.
  func value() throws(JSONSyntaxError) -> JSONValue {
    try value(of: root)
  }

  private func value(of json: UnsafeMutablePointer<json_t>) throws(JSONSyntaxError) -> JSONValue {
    switch cjansson_type(json) {
    case JSON_OBJECT: return .object(try members(of: json))
    case JSON_ARRAY:
      let count = json_array_size(json)
      var elements: [JSONValue] = []
      elements.reserveCapacity(count)
      for index in 0..<count {
        guard let element = json_array_get(json, index) else { continue }
        elements.append(try value(of: element))
      }
      return .array(elements)
    case JSON_STRING: return .string(text(json_string_value(json), json_string_length(json)))
    case JSON_INTEGER: return .integer(json_integer_value(json))
    case JSON_REAL: return .number(json_real_value(json))
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    default: return .null
    }
  }

  private func members(of json: UnsafeMutablePointer<json_t>) throws(JSONSyntaxError) -> JSONObject {
    var members = JSONObject(minimumCapacity: json_object_size(json))
    var iterator = json_object_iter(json)
    while let current = iterator {
      if let child = json_object_iter_value(current) {
        let key = text(json_object_iter_key(current), json_object_iter_key_len(current))
        // jansson compares names byte by byte, Swift by canonical equivalence: two spellings of "é" are one key here.
        guard members.updateValue(try value(of: child), forKey: key) == nil else {
          throw JSONSyntaxError(.duplicateKey, position: length)
        }
      }
      iterator = json_object_iter_next(json, current)
    }
    return members
  }

  /// jansson has validated the UTF-8, so nothing is repaired here.
  private func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
  }
}

extension JSONSyntaxError {
  /// Translates jansson's code; its text is left behind because it quotes the input.
  fileprivate init(_ fault: cjansson_fault, length: Int) {
    let reason: Reason =
      switch fault.code {
      case json_error_premature_end_of_input: .unexpectedEnd
      case json_error_end_of_input_expected: .trailingContent
      case json_error_invalid_utf8: .invalidUTF8
      case json_error_duplicate_key: .duplicateKey
      case json_error_null_byte_in_key: .nullInKey
      case json_error_numeric_overflow: .numberOutOfRange
      case json_error_stack_overflow: .nestingTooDeep(limit: Int(JSON_PARSER_MAX_DEPTH))
      case json_error_out_of_memory: .outOfMemory
      default: .malformed
      }
    self.init(reason, position: min(max(Int(fault.position), 0), length))
  }
}
