internal import ArgumentParser

/// The flags that say which store is meant; administration needs no others.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The configuration file. (default: ${XDG_CONFIG_HOME:-~/.config}/codex-fleet/config.yaml, else \
      /etc/codex-fleet/config.yaml)
      """, valueName: "path"))
  var config: String?

  @Option(name: .setting(SettingCatalogue.store), help: .setting(SettingCatalogue.store))
  var store: String?

  @Option(name: .setting(SettingCatalogue.keyFile), help: .setting(SettingCatalogue.keyFile))
  var keyFile: String?

  /// The values that were given, by the setting's name.
  var given: [String: String] {
    var values: [String: String] = [:]
    values[SettingCatalogue.store.name] = store
    values[SettingCatalogue.keyFile.name] = keyFile
    return values
  }
}

extension NameSpecification {
  /// A setting's flag.
  static func setting(_ setting: some SettingDescription) -> NameSpecification { .customLong(setting.name) }
}

extension ArgumentHelp {
  /// A setting's help.
  static func setting(_ setting: some SettingDescription) -> ArgumentHelp {
    ArgumentHelp(setting.help, valueName: setting.placeholder)
  }
}
