internal import ArgumentParser
internal import JSON

/// Which accounts a command is about.
struct AccountOptions: ParsableArguments {
  @Option(
    name: .customLong("account"),
    help: ArgumentHelp("Only the account with this identifier; may be repeated.", valueName: "id"))
  var given: [String] = []

  /// The accounts' ids; nil for all that the key may see.
  var ids: [String]? { given.isEmpty ? nil : given }

  /// The params that say so.
  var params: JSONObject {
    guard let ids else { return [:] }
    return ["accountIds": .array(ids.map { .string($0) })]
  }

  /// The ids that were asked for and not answered, each once, in words; nil when there are none.
  func missing(from answered: some Sequence<String>) -> String? {
    var known = Set(answered)
    let missing = given.filter { known.insert($0).inserted }
    return missing.isEmpty ? nil : "not visible to this key: " + missing.map(PrintableText.name).joined(separator: ", ")
  }
}
