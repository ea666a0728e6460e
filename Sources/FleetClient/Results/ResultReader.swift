internal import JSON

/// Reads the members of a result; whatever does not fit is a protocol violation that names the member.
///
/// Members it is not asked for are ignored: newer daemons may send more.
struct ResultReader {
  private let members: JSONObject

  init(_ value: JSONValue?, of name: String) throws(FleetClient.Failure) {
    guard case .object(let members)? = value else { throw .protocolViolation("'\(name)' is not an object") }
    self.members = members
  }

  func string(_ name: String) throws(FleetClient.Failure) -> String {
    guard let value = try optionalString(name) else { throw .protocolViolation("'\(name)' is missing") }
    return value
  }

  func optionalString(_ name: String) throws(FleetClient.Failure) -> String? {
    switch members[name] {
    case nil, .null?: return nil
    case .string(let value)?: return value
    default: throw .protocolViolation("'\(name)' is not a string")
    }
  }

  func bool(_ name: String) throws(FleetClient.Failure) -> Bool {
    guard let value = members[name]?.boolValue else { throw .protocolViolation("'\(name)' is not a truth value") }
    return value
  }

  func integer(_ name: String) throws(FleetClient.Failure) -> Int64 {
    guard let value = try optionalInteger(name) else { throw .protocolViolation("'\(name)' is missing") }
    return value
  }

  func optionalInteger(_ name: String) throws(FleetClient.Failure) -> Int64? {
    switch members[name] {
    case nil, .null?: return nil
    case .integer(let value)?: return value
    default: throw .protocolViolation("'\(name)' is not a whole number")
    }
  }

  func number(_ name: String) throws(FleetClient.Failure) -> Double {
    guard let value = try optionalNumber(name) else { throw .protocolViolation("'\(name)' is missing") }
    return value
  }

  func optionalNumber(_ name: String) throws(FleetClient.Failure) -> Double? {
    switch members[name] {
    case nil, .null?: return nil
    case let value?:
      guard let number = value.numberValue else { throw .protocolViolation("'\(name)' is not a number") }
      return number
    }
  }

  func instant(_ name: String) throws(FleetClient.Failure) -> FleetClient.Instant {
    guard let value = try optionalInstant(name) else { throw .protocolViolation("'\(name)' is missing") }
    return value
  }

  func optionalInstant(_ name: String) throws(FleetClient.Failure) -> FleetClient.Instant? {
    guard let text = try optionalString(name) else { return nil }
    guard let instant = FleetClient.Instant(rfc3339: text) else {
      throw .protocolViolation("'\(name)' is not an instant in RFC 3339, UTC")
    }
    return instant
  }

  func array(_ name: String) throws(FleetClient.Failure) -> [JSONValue] {
    guard let value = members[name]?.arrayValue else { throw .protocolViolation("'\(name)' is not an array") }
    return value
  }

  func object(_ name: String) throws(FleetClient.Failure) -> ResultReader { try ResultReader(members[name], of: name) }

  /// A member that is an object; nil when it is missing or null.
  func optionalObject(_ name: String) throws(FleetClient.Failure) -> ResultReader? {
    switch members[name] {
    case nil, .null?: return nil
    case let value?: return try ResultReader(value, of: name)
    }
  }
}
