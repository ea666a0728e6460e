internal import FleetClient
internal import JSON

/// The accounts that a command is about, by the identifiers that the daemon knows them by.
struct AccountSelection: Sendable {
  private struct Choice: Sendable {
    /// What was given on the command line.
    var given: String
    var id: String
  }

  /// All that the key may see.
  static let all = AccountSelection(choices: [], names: [:])

  private let choices: [Choice]
  /// The names of the accounts that were there to choose from, by their ids; none without a choice.
  let names: [String: String]

  private init(choices: [Choice], names: [String: String]) {
    self.choices = choices
    self.names = names
  }

  /// Whether only some accounts are meant.
  var isNarrowed: Bool { !choices.isEmpty }

  /// The accounts' ids, each once; nil for all that the key may see.
  var ids: [String]? {
    guard isNarrowed else { return nil }
    var known: Set<String> = []
    return choices.map(\.id).filter { known.insert($0).inserted }
  }

  /// The params that say so.
  var params: JSONObject {
    guard let ids else { return [:] }
    return ["accountIds": .array(ids.map { .string($0) })]
  }

  /// What was asked for and not answered, each once, in words; nil when there is nothing.
  func missing(from answered: some Sequence<String>) -> String? {
    var known = Set(answered)
    let missing = choices.filter { known.insert($0.id).inserted }.map { PrintableText.name($0.given) }
    return missing.isEmpty ? nil : "not visible to this key: " + missing.joined(separator: ", ")
  }
}

extension AccountSelection {
  /// Finds the accounts that are meant: by their identifiers, else by e-mail address or name as the tables show them.
  ///
  /// What fits none of the accounts is kept as an identifier: an account that is seen later may have it.
  ///
  /// - Throws: `CommandFailure` when several accounts fit.
  init(_ given: [String], among accounts: [FleetClient.Account]) throws(CommandFailure) {
    let ids = Set(accounts.map(\.id))
    var choices: [Choice] = []
    for text in given {
      let mail = text.lowercased()
      let fitting = accounts.filter { $0.displayName == text || $0.email.lowercased() == mail }.map(\.id)
      guard ids.contains(text) || fitting.count < 2 else {
        let candidates = fitting.map(PrintableText.of).joined(separator: ", ")
        throw CommandFailure(
          .usage, "several accounts are called \(PrintableText.name(text)); give the identifier of one: \(candidates)")
      }
      choices.append(Choice(given: text, id: ids.contains(text) ? text : fitting.first ?? text))
    }
    self.init(
      choices: choices,
      names: Dictionary(accounts.map { ($0.id, $0.displayName) }, uniquingKeysWith: { first, _ in first }))
  }
}
