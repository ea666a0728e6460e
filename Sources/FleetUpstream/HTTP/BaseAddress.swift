/// The address below which a service's calls lie, as the operator gave it.
struct BaseAddress: Hashable, Sendable {
  /// The address without a slash at its end.
  let text: String
  /// What follows the host: empty, or with a slash in front.
  let path: Substring

  /// Checks an address.
  ///
  /// - Parameters:
  ///   - setting: the flag by which it is given, for the error.
  ///   - example: a right address, for the error.
  /// - Throws: `InvalidAddress` unless it is http or https with a host, and nothing behind the path.
  init(_ address: String, setting: String, example: String) throws(InvalidAddress) {
    func refuse(_ cause: String) -> InvalidAddress {
      InvalidAddress(description: "the address in \(setting) \(cause); give one such as \(example)")
    }
    guard let scheme = ["http://", "https://"].first(where: { address.lowercased().hasPrefix($0) }) else {
      throw refuse("does not begin with http:// or https://")
    }
    guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw refuse("holds blanks or other characters") }
    let rest = address.dropFirst(scheme.count)
    guard !rest.contains("?"), !rest.contains("#") else { throw refuse("holds a query or a fragment") }
    guard !rest.contains("@") else { throw refuse("holds a user name or password") }
    guard let first = rest.first, first != "/", first != ":" else { throw refuse("names no host") }
    var text = address
    while text.hasSuffix("/") { text.removeLast() }
    self.text = text
    path = text.dropFirst(scheme.count).drop { $0 != "/" }
  }
}

/// An address that cannot be used.
struct InvalidAddress: Error, CustomStringConvertible {
  /// What is wrong with it, and what is right.
  let description: String
}
