internal import ArgumentParser
internal import Fleet
internal import FleetSQLite

/// `codex-fleetd account`.
struct AccountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Manages the accounts.",
    subcommands: [Import.self, List.self, Pause.self, Resume.self, Remove.self])

  private static let referenceHelp = ArgumentHelp("The account's identifier, e-mail address or alias.")

  /// `codex-fleetd account import`.
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes the login of a Codex CLI's auth.json.",
      discussion: """
        The file's refresh token works once. From the import on it belongs to this store: a Codex CLI that goes on with \
        the same file and the daemon would knock each other out. Give the daemon a login of its own.
        """)

    @Argument(
      help: "The file, usually ~/.codex/auth.json; - reads it from standard input.",
      completion: .file(extensions: ["json"]))
    var file: String

    @Flag(help: "Also replace a login that works by one that is older, and used up as far as can be told.")
    var force = false

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let account = file == "-" ? try Self.accountOnStandardInput() : try AuthFile.account(at: file)
      let imported = try await options.withStore { try await $0.importAccount(account, isForced: force) }
      try StandardStream.write(
        imported.replacedTokens
          ? "gave the account \(imported.id.rawValue) its new login\n"
          : "imported the account \(imported.id.rawValue)\n")
      if imported.isPaused {
        StandardStream.note(
          "note: the account is still paused; take it into use with: codex-fleetd account resume \(imported.id.rawValue)\n"
        )
      }
      let source = file == "-" ? "its auth.json" : file
      StandardStream.note(
        "note: this login belongs to codex-fleetd from now on; do not go on using \(source) elsewhere\n")
    }

    private static func accountOnStandardInput() throws -> ImportedAccount {
      guard !StandardStream.isInputTerminal else {
        throw ValidationError("nobody types an auth.json; redirect it: codex-fleetd account import - < auth.json")
      }
      return try AuthFile.accountOnStandardInput()
    }
  }

  /// `codex-fleetd account list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the accounts, as stored.")

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let accounts = try await options.withStore { try await $0.listAccounts() }
      guard !accounts.isEmpty else {
        StandardStream.note(
          "There are no accounts yet; take one from a Codex CLI with: codex-fleetd account import ~/.codex/auth.json\n")
        return
      }
      var table = Table("ACCOUNT", "PLAN", "STATUS", "LOGIN RENEWED", "ID")
      for account in accounts {
        table.add(
          account.displayName, account.plan.name, account.status.rawValue,
          account.tokensRefreshedAt?.rfc3339 ?? "never", account.id.rawValue)
      }
      try StandardStream.write(table.text)
    }
  }

  /// `codex-fleetd account pause`.
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes an account out of use until it is resumed.")

    @Argument(help: AccountCommand.referenceHelp)
    var account: String

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let id = try await options.withStore { store in
        try await store.pauseAccount(store.account(meantBy: account).rawValue)
      }
      try StandardStream.write("paused the account \(id.rawValue)\n")
    }
  }

  /// `codex-fleetd account resume`.
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes a paused or deactivated account into use again.")

    @Argument(help: AccountCommand.referenceHelp)
    var account: String

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let id = try await options.withStore { store in
        try await store.resumeAccount(store.account(meantBy: account).rawValue)
      }
      try StandardStream.write("resumed the account \(id.rawValue)\n")
    }
  }

  /// `codex-fleetd account remove`.
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deletes an account with its login and its usage, after asking.")

    @Argument(help: AccountCommand.referenceHelp)
    var account: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var options: StoreOptions

    func run() async throws {
      let id = try await options.withStore { store in
        let id = try await store.account(meantBy: account)
        if !yes { try confirm() }
        return try await store.removeAccount(id.rawValue)
      }
      try StandardStream.write("removed the account \(id.rawValue)\n")
    }

    private func confirm() throws {
      switch StandardStream.confirm("Delete the account \(account) with its login and its usage?") {
      case true?: break
      case false?: throw CleanExit.message("Nothing was deleted.")
      case nil: throw ValidationError("there is no terminal to ask on; give --yes to delete without asking")
      }
    }
  }
}
