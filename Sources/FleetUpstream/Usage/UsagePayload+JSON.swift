package import Fleet
internal import JSON

extension UsagePayload {
  /// Reads a usage payload; nil when anything in it has a wrong type or a number that makes no sense.
  ///
  /// Members it does not know are passed over; null counts as absent; numbers may be written as text.
  package init?(body: [UInt8]) {
    guard let object = try? JSONReader.parse(body), object.objectValue != nil else { return nil }
    do {
      try self.init(PayloadReader(object))
    } catch {
      return nil
    }
  }

  private init(_ reader: PayloadReader) throws(PayloadReader.WrongType) {
    let limits = try reader.object("rate_limit")
    let credits = try reader.object("credits")
    self.init(
      planType: try reader.text("plan_type"), workspaceID: try reader.text("workspace_id"),
      workspaceLabel: try reader.text("workspace_label"), seatType: try reader.text("seat_type"),
      primary: try limits?.window("primary_window"), secondary: try limits?.window("secondary_window"),
      credits: UsageSample.Credits(
        has: try credits?.bool("has_credits"), unlimited: try credits?.bool("unlimited"),
        balance: try credits?.number("balance")),
      additional: try reader.objects("additional_rate_limits")?.map { entry throws(PayloadReader.WrongType) in
        let limits = try entry.object("rate_limit")
        return AdditionalLimit(
          limitName: try entry.text("limit_name"), meteredFeature: try entry.text("metered_feature"),
          primary: try limits?.window("primary_window"), secondary: try limits?.window("secondary_window"))
      })
  }
}

/// Reads members of one JSON object, strictly by type.
private struct PayloadReader {
  struct WrongType: Error {}

  private let value: JSONValue

  /// Numbers beyond this make no sense in any member: the greatest is an instant in Unix seconds.
  private static let greatest = 253_402_300_799.0
  /// Used shares beyond this make no sense; a little more than 100 % does happen.
  private static let greatestPercent = 100_000.0

  init(_ value: JSONValue) { self.value = value }

  func object(_ name: String) throws(WrongType) -> PayloadReader? {
    guard let member = member(name) else { return nil }
    guard member.objectValue != nil else { throw WrongType() }
    return PayloadReader(member)
  }

  func objects(_ name: String) throws(WrongType) -> [PayloadReader]? {
    guard let member = member(name) else { return nil }
    guard let entries = member.arrayValue, entries.allSatisfy({ $0.objectValue != nil }) else { throw WrongType() }
    return entries.map(PayloadReader.init)
  }

  func text(_ name: String) throws(WrongType) -> String? {
    guard let member = member(name) else { return nil }
    guard let text = member.stringValue else { throw WrongType() }
    return text
  }

  func bool(_ name: String) throws(WrongType) -> Bool? {
    guard let member = member(name) else { return nil }
    guard let bool = member.boolValue else { throw WrongType() }
    return bool
  }

  func number(_ name: String, in range: ClosedRange<Double> = -greatest...greatest) throws(WrongType) -> Double? {
    let number: Double?
    switch member(name) {
    case nil: return nil
    case .integer(let integer)?: number = Double(integer)
    case .number(let double)?: number = double
    case .string(let text)?: number = Self.decimal(text.trimmingWhitespace())
    default: number = nil
    }
    guard let number, range.contains(number) else { throw WrongType() }
    return number
  }

  /// The number that a text is in decimal digits; Swift reads more than that, such as `0x10` and `nan`.
  private static func decimal(_ text: String) -> Double? {
    let isDecimal = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    return isDecimal ? Double(text) : nil
  }

  func window(_ name: String) throws(WrongType) -> UsagePayload.Window? {
    guard let window = try object(name) else { return nil }
    return UsagePayload.Window(
      usedPercent: try window.number("used_percent", in: 0...Self.greatestPercent),
      resetAt: try window.number("reset_at", in: 0...Self.greatest),
      resetAfterSeconds: try window.number("reset_after_seconds"),
      limitWindowSeconds: try window.number("limit_window_seconds"))
  }

  private func member(_ name: String) -> JSONValue? {
    guard let member = value[name], member != .null else { return nil }
    return member
  }
}
