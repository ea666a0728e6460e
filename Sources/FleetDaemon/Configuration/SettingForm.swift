internal import FleetUpstream
internal import Logging

/// What the values of a setting look like.
struct SettingForm<Value: Sendable>: Sendable {
  /// What stands for the value in help texts.
  let placeholder: String
  /// Which values are allowed, for tables.
  let values: String
  /// What to give instead of a value that is not allowed, for errors.
  let expected: String
  /// The value that a text means; nil when it is not allowed.
  let parse: @Sendable (String) -> Value?
  /// The text of a value.
  let text: @Sendable (Value) -> String
  /// What its values name.
  var kind = SettingKind.plain
}

extension SettingForm<Int> {
  /// A number of things.
  static func count(_ range: ClosedRange<Int>, of unit: String? = nil) -> SettingForm {
    let bounds = "\(range.lowerBound) to \(range.upperBound)"
    return SettingForm(
      placeholder: unit ?? "count", values: bounds + (unit.map { " \($0)" } ?? ""),
      expected: "a whole number from \(bounds)" + (unit.map { " (\($0))" } ?? ""),
      parse: { text in
        guard text.utf8.allSatisfy(\.isDigit), let number = Int(text) else { return nil }
        return range.contains(number) ? number : nil
      }, text: { "\($0)" })
  }
}

extension SettingForm<Duration> {
  /// A span in whole seconds.
  static func seconds(_ range: ClosedRange<Int>) -> SettingForm {
    let form = SettingForm<Int>.count(range, of: "seconds")
    return SettingForm(
      placeholder: form.placeholder, values: form.values, expected: form.expected,
      parse: { form.parse($0).map { .seconds($0) } }, text: { "\($0.components.seconds)" })
  }
}

extension SettingForm<Duration?> {
  /// A span in whole seconds; 0 means never.
  static func secondsOrNever(upTo limit: Int) -> SettingForm {
    let form = SettingForm<Int>.count(0...limit, of: "seconds")
    return SettingForm(
      placeholder: form.placeholder, values: form.values + ", 0 means never", expected: form.expected,
      parse: { text in
        switch form.parse(text) {
        case nil: nil
        case 0: .some(nil)
        case let seconds?: .some(.seconds(seconds))
        }
      },
      text: { "\($0?.components.seconds ?? 0)" })
  }
}

extension SettingForm<String> {
  /// An address of the provider's.
  static let address = SettingForm(
    placeholder: "url", values: "an http or https address",
    expected:
      "an http or https address with a port of at most 65535, if any, and without user name, password, query or "
      + "fragment, such as https://host/path",
    parse: { CodexUpstream.accepts(address: $0) && hasUsablePort($0) ? $0 : nil }, text: { $0 }, kind: .address)

  /// Whether the port of an address, if it names one, is one that can be connected to.
  private static func hasUsablePort(_ address: String) -> Bool {
    let authority =
      address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(2).first ?? ""
    // The colons in brackets are the host's own.
    let end = authority.lastIndex(of: "]").map { authority[$0...].dropFirst() } ?? authority
    guard let colon = end.firstIndex(of: ":") else { return true }
    let port = end[colon...].dropFirst()
    return port.utf8.allSatisfy(\.isDigit) && UInt16(port).map { $0 > 0 } ?? false
  }
}

extension SettingForm<String?> {
  /// A file's path.
  static let path = SettingForm(
    placeholder: "path", values: "a path", expected: "a path",
    parse: { $0.isEmpty || $0.contains("\0") ? .none : .some(.some($0)) }, text: { $0 ?? "" }, kind: .path)
}

extension SettingForm<Set<UInt32>?> {
  /// Numbers of users or groups.
  static let numbers = SettingForm(
    placeholder: "numbers", values: "numbers separated by commas",
    expected: "numbers separated by commas, such as 0,1000",
    parse: { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { part in
        let digits = part.utf8.drop { $0 == UInt8(ascii: " ") }.reversed().drop { $0 == UInt8(ascii: " ") }.reversed()
        return digits.allSatisfy(\.isDigit) ? UInt32(String(decoding: Array(digits), as: UTF8.self)) : nil
      }
      return numbers.count == parts.count ? .some(.some(Set(numbers))) : .none
    },
    text: { $0?.sorted().map(String.init).joined(separator: ",") ?? "" }, kind: .list)
}

extension SettingForm where Value: RawRepresentable<String> & CaseIterable {
  /// One of a list of words.
  static var choice: SettingForm {
    let words = Value.allCases.map(\.rawValue)
    let list = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    return SettingForm(
      placeholder: words.count == 2 ? words.joined(separator: "|") : "word", values: list, expected: list,
      parse: { Value(rawValue: $0) }, text: { $0.rawValue })
  }
}

extension SettingForm<Switch?> {
  /// On or off, or left to the daemon.
  static var choice: SettingForm {
    let form = SettingForm<Switch>.choice
    return SettingForm(
      placeholder: form.placeholder, values: form.values, expected: form.expected,
      parse: { form.parse($0).map { .some(.some($0)) } ?? .none }, text: { $0.map(form.text) ?? "" })
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
