internal import Fleet
internal import FleetSQLite
internal import Logging

/// Which store is meant, and how it is opened.
struct StoreSelection {
  /// What the opening is for.
  enum Purpose {
    case serving
    case administration
  }

  private let namedPath: String?
  private let keyFile: String?
  private let allowsUntestedSchema: Bool
  private let environment: [String: String]

  /// Selects the store that the settings name, else the default own one.
  init(path: String?, keyFile: String?, allowsUntestedSchema: Bool = false, environment: [String: String]) {
    namedPath = path
    self.keyFile = keyFile
    self.allowsUntestedSchema = allowsUntestedSchema
    self.environment = environment
  }

  /// Selects by the daemon's settings.
  init(_ configuration: DaemonConfiguration, environment: [String: String]) {
    self.init(
      path: configuration.storePath, keyFile: configuration.keyFile,
      allowsUntestedSchema: configuration.allowUntestedSchema == .on, environment: environment)
  }

  /// Selects by the flags of an administrative command, and what else says where the store is.
  init(_ options: StoreOptions, environment: [String: String] = ProcessEnvironment.variables) throws {
    let reader = try DaemonConfiguration.reader(flags: options.given, file: options.config, environment: environment)
    self.init(
      path: try reader.path(SettingCatalogue.store),
      keyFile: try reader.path(SettingCatalogue.keyFile) ?? Credentials(environment).encryptionKeyPath,
      environment: environment)
  }

  /// Opens the store. The default own one is made when there is none; a named one has to exist.
  ///
  /// - Throws: `StoreError`, whose text says what to do.
  func open(
    for purpose: Purpose, warnings: @escaping @Sendable (StoreWarning) -> Void = { _ in }
  ) async throws(StoreError) -> SQLiteFleetStore {
    let access: OwnStoreAccess = purpose == .serving ? .daemon : .administration
    guard let path = try namedPath.map({ (path) throws(StoreError) in try SQLiteFleetStore.file(ofStoreAt: path) })
    else {
      return try await .open(own: try defaultPath(), keyFile: keyFile, access: access, warnings: warnings)
    }
    switch try SQLiteFleetStore.kind(ofStoreAt: path) {
    case .codexLB:
      return try await .open(
        codexLB: path, keyFile: keyFile, allowsUntestedSchema: allowsUntestedSchema, warnings: warnings)
    case .own: return try await .open(own: path, keyFile: keyFile, access: access, warnings: warnings)
    case nil:
      throw StoreError(
        .missing,
        "there is no store at \(path); check the path, or make a new store there with: codex-fleetd init --store \(path)"
      )
    }
  }

  /// Opens the store for a look, without making one: nil when the default one does not exist yet.
  ///
  /// - Throws: `StoreError`, whose text says what to do.
  func openExisting() async throws(StoreError) -> SQLiteFleetStore? {
    guard try isStillToBeMade() else { return try await open(for: .administration) }
    return nil
  }

  /// Whether the default store is meant, and does not exist yet.
  func isStillToBeMade() throws(StoreError) -> Bool {
    guard namedPath == nil else { return false }
    return try SQLiteFleetStore.kind(ofStoreAt: try defaultPath()) == nil
  }

  /// Where the store is, or is to be made.
  func path() throws(StoreError) -> String { if let namedPath { namedPath } else { try defaultPath() } }

  /// Where the store's encryption key is, or is to be made.
  func keyPath() throws(StoreError) -> String {
    if let keyFile { keyFile } else { try SQLiteFleetStore.keyFile(ofStoreAt: try path()) }
  }

  /// Makes a new own store where there is nothing yet.
  ///
  /// - Throws: `StoreError` with `.invalidValue` when something is there.
  func create() async throws(StoreError) -> SQLiteFleetStore {
    let place = try path()
    if try SQLiteFleetStore.isDirectory(place) {
      throw StoreError(
        .invalidValue,
        "\(place) is a directory; give the new store's file, such as \(place)/\(SQLiteFleetStore.ownFileName)")
    }
    guard try SQLiteFleetStore.kind(ofStoreAt: place) == nil else {
      throw StoreError(.invalidValue, "there is a store at \(place) already; nothing was changed")
    }
    return try await .open(own: place, keyFile: keyFile, access: .administration)
  }

  private func defaultPath() throws(StoreError) -> String {
    if let directory = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
      return directory + "/" + SQLiteFleetStore.ownFileName
    }
    if let directory = environment["XDG_STATE_HOME"], directory.hasPrefix("/") {
      return directory + "/codex-fleet/" + SQLiteFleetStore.ownFileName
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw StoreError(.missing, "there is no home directory to keep the store in; say where it is with --store")
    }
    return home + "/.local/state/codex-fleet/" + SQLiteFleetStore.ownFileName
  }
}
