extension UsageEndpoint {
  /// The usage call's address below a base address.
  ///
  /// - Throws: `InvalidAddress` unless it is http or https with a host, and nothing behind the path.
  static func usageURL(_ base: String) throws(InvalidAddress) -> String {
    func refuse(_ cause: String) -> InvalidAddress {
      InvalidAddress(
        description:
          "the upstream's address \(cause); give one such as https://chatgpt.com/backend-api (--upstream-url)")
    }
    guard let scheme = ["http://", "https://"].first(where: { base.lowercased().hasPrefix($0) }) else {
      throw refuse("does not begin with http:// or https://")
    }
    guard base.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw refuse("holds blanks or other characters") }
    let rest = base.dropFirst(scheme.count)
    guard !rest.contains("?"), !rest.contains("#") else { throw refuse("holds a query or a fragment") }
    guard !rest.contains("@") else { throw refuse("holds a user name or password") }
    guard let first = rest.first, first != "/", first != ":" else { throw refuse("names no host") }
    var address = base
    while address.hasSuffix("/") { address.removeLast() }
    if !(address + "/").contains("/backend-api/") { address += "/backend-api" }
    return address + "/wham/usage"
  }
}
