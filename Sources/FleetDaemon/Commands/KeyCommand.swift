internal import ArgumentParser
internal import Fleet
internal import FleetSQLite

/// `codex-fleetd key`.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Manages the API keys that let programs in.",
    subcommands: [Create.self, List.self, Revoke.self])

  /// `codex-fleetd key create`.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes an API key and prints it, once.",
      discussion: "The key itself is stored nowhere; a lost one is revoked and replaced.")

    @Argument(help: "What the key is called, such as the program that will use it.")
    var name: String

    @Option(
      name: .customLong("account"),
      help: ArgumentHelp(
        "An account the key may see: identifier, e-mail address or alias; may be repeated. (default: all accounts)",
        valueName: "account"))
    var accounts: [String] = []

    @Flag(help: "Deny the key the usage: it sees the accounts and their stored status only.")
    var hideUsage = false

    @Option(
      help: ArgumentHelp(
        "When the key stops working, as in 2027-01-31T12:00:00Z. (default: never)", valueName: "instant"))
    var expires: String?

    @Flag(name: .shortAndLong, help: "Print nothing but the key.")
    var quiet = false

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let end = try expires.map { text in
        guard let instant = Timestamp(rfc3339: text) else {
          throw ValidationError("--expires: give an instant in UTC, such as 2027-01-31T12:00:00Z")
        }
        return instant
      }
      if let end, end <= SystemClock().now {
        throw ValidationError("--expires: \(end.rfc3339) has passed; give an instant that is still to come")
      }
      try await options.withStore { store in
        var identifiers: [String] = []
        for account in accounts { identifiers.append(try await store.account(meantBy: account).rawValue) }
        let key = try await store.createKey(
          name: name, sections: hideUsage ? [] : Set(UsageSection.allCases),
          accounts: identifiers.isEmpty ? nil : identifiers, expiresAt: end)
        if !quiet { StandardStream.note("The new API key; it will not be shown again:\n") }
        do throws(OutputError) {
          try key.plainKey.withText { (text) throws(OutputError) in try StandardStream.deliver(text + "\n") }
        } catch {
          throw await withdraw(key, from: store, after: error)
        }
      }
    }

    /// Takes a key back that nobody got: it would be of no use, and keep its name from the next attempt.
    private func withdraw(
      _ key: NewKey, from store: SQLiteFleetStore, after failure: OutputError
    ) async -> OutputError {
      do throws(StoreError) {
        try await store.deleteKey(key.id)
        return failure.adding("the key was not kept, try again")
      } catch {
        return failure.adding("revoke the key \(key.id), which nobody has: \(error.message)")
      }
    }
  }

  /// `codex-fleetd key list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the API keys.")

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let keys = try await options.withStore { try await $0.listKeys() }
      guard !keys.isEmpty else {
        StandardStream.note("There are no keys yet; make one with: codex-fleetd key create NAME\n")
        return
      }
      let now = SystemClock().now
      var table = Table("NAME", "KEY", "STATE", "SEES", "EXPIRES", "ID")
      for key in keys {
        table.add(
          key.name, key.prefix + "…", key.state(at: now).rawValue, Self.sight(of: key),
          key.expiresAt?.rfc3339 ?? "never", key.id)
      }
      try StandardStream.write(table.text)
    }

    private static func sight(of key: KeyListing) -> String {
      let accounts =
        switch key.scope {
        case .all: "all accounts"
        case .only(let ids): ids.count == 1 ? "1 account" : "\(ids.count) accounts"
        }
      let sections = APIKey(
        id: key.id, isActive: key.isActive, expiresAt: key.expiresAt, usageSections: key.usageSections, scope: key.scope
      )
      return accounts + (sections.seesUsage ? "" : ", no usage")
    }
  }

  /// `codex-fleetd key revoke`.
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Switches an API key off, at once and for good.")

    @Argument(help: "The key's name, identifier, or the beginning of it that 'key list' shows.")
    var key: String

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let id = try await options.withStore { try await $0.revokeKey(key) }
      try StandardStream.write("revoked the key \(id)\n")
    }
  }
}
