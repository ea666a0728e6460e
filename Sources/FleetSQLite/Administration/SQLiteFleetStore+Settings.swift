public import Fleet
internal import GRDB

extension SQLiteFleetStore {
  /// The value of a setting: `on` or `off`.
  ///
  /// - Throws: `.notFound` for an unknown name, with the known ones; `.managedElsewhere` in a codex-lb store.
  public func setting(_ name: String) async throws(StoreError) -> String {
    let setting = try Self.knownSetting(name)
    return try await consult { db in
      switch setting {
      case .hideUpstreamQuotaFromAPIKeys: try SettingsQuery(db).hidesUpstreamQuota() ? "on" : "off"
      }
    }
  }

  /// Changes a setting.
  ///
  /// - Parameter value: `on` or `off`.
  /// - Throws: `.notFound` for an unknown name, with the known ones; `.invalidValue` for another value;
  ///   `.managedElsewhere` in a codex-lb store.
  public func set(_ name: String, to value: String) async throws(StoreError) {
    let setting = try Self.knownSetting(name)
    let switches = ["on": true, "off": false]
    guard let isOn = switches[value.lowercased()] else {
      throw StoreError(.invalidValue, "\(setting.rawValue) is either on or off.")
    }
    try await administer { db, _ in
      // The name is the column's, one of the known ones.
      try db.execute(
        sql: """
          INSERT INTO dashboard_settings (id, \(setting.rawValue)) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET \(setting.rawValue) = excluded.\(setting.rawValue)
          """,
        arguments: [isOn])
    }
  }

  private static func knownSetting(_ name: String) throws(StoreError) -> StoreSetting {
    guard let setting = StoreSetting(rawValue: name) else {
      let known = StoreSetting.allCases.map(\.rawValue).joined(separator: ", ")
      throw StoreError(.notFound, "There is no such setting. Known settings: \(known).")
    }
    return setting
  }
}
