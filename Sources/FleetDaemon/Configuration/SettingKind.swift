/// What a setting's values name.
enum SettingKind: Sendable {
  /// Nothing but themselves.
  case plain
  /// Several things; the configuration file may give a list.
  case list
  /// A file.
  case path
  /// A service in the network.
  case address
}
