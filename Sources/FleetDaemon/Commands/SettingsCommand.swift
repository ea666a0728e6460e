internal import ArgumentParser
internal import FleetSQLite

/// `codex-fleetd settings`.
struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Shows and changes the settings kept in the store.",
    discussion: "hide_upstream_quota_from_api_keys (on or off) hides the quota from every API key.",
    subcommands: [Get.self, Set.self])

  /// Sends whoever means a setting of the daemon's to where it is given.
  private static func requireStored(_ name: String, value: String?) throws(ConfigurationError) {
    guard StoreSetting(rawValue: name) == nil, let setting = SettingCatalogue.all.first(where: { $0.name == name })
    else { return }
    throw ConfigurationError(
      "\(name) is not kept in the store: it belongs into the configuration file, as \(name): "
        + "\(value ?? setting.placeholder), or into \(setting.variable); codex-fleetd --print-config shows it")
  }

  /// `codex-fleetd settings get`.
  struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows one setting, or all.")

    @Argument(help: "The setting's name. (default: all)")
    var name: String?

    @OptionGroup var options: StoreOptions

    func run() async throws {
      if let name { try SettingsCommand.requireStored(name, value: nil) }
      try await options.withStore { store in
        if let name {
          try StandardStream.write(try await store.setting(name) + "\n")
        } else {
          for setting in StoreSetting.allCases {
            try StandardStream.write("\(setting.rawValue) \(try await store.setting(setting.rawValue))\n")
          }
        }
      }
    }
  }

  /// `codex-fleetd settings set`.
  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Changes a setting.")

    @Argument(help: "The setting's name.")
    var name: String

    @Argument(help: "Its new value: on or off.")
    var value: String

    @OptionGroup var options: StoreOptions

    func run() async throws {
      try SettingsCommand.requireStored(name, value: value)
      try await options.withStore { try await $0.set(name, to: value) }
    }
  }
}
