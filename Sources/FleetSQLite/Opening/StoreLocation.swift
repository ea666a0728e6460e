internal import Fleet

/// Where a store and its key lie, and how it is opened: enough to open it once more when the file was replaced.
struct StoreLocation: Sendable {
  /// Whose store it is.
  let kind: StoreKind
  /// The database file.
  let path: String
  /// The key file.
  let keyPath: String
  /// How long to wait for another process's lock.
  let busyTimeout: Duration

  /// The key file's usual name, in the store's directory.
  static let keyFileName = "encryption.key"
  /// The database's name in a codex-lb data directory.
  static let codexLBFileName = "store.db"

  /// An own store at `path`.
  static func own(_ path: String, keyFile: String?, busyTimeout: Duration) -> StoreLocation {
    StoreLocation(
      kind: .own, path: path, keyPath: keyFile ?? FileContents.sibling(of: path, named: keyFileName),
      busyTimeout: busyTimeout)
  }

  /// A codex-lb's store, given its data directory or the file itself.
  static func codexLB(
    _ path: String, keyFile: String?, busyTimeout: Duration
  ) throws(StoreError) -> StoreLocation {
    guard let status = try FileStatus(path: path) else {
      throw StoreError(.missing, "There is no codex-lb store at \(path). Check the path; usually it is ~/.codex-lb.")
    }
    var file = path
    if status.isDirectory {
      file = (path.hasSuffix("/") ? path : path + "/") + codexLBFileName
      guard try FileStatus(path: file) != nil else {
        throw StoreError(
          .missing,
          "The directory \(path) holds no \(codexLBFileName). Name a codex-lb data directory, usually ~/.codex-lb.")
      }
    }
    return StoreLocation(
      kind: .codexLB, path: file, keyPath: keyFile ?? FileContents.sibling(of: file, named: keyFileName),
      busyTimeout: busyTimeout)
  }

  /// Opens the store, which exists and has the schema it needs to be read.
  func open() throws(StoreError) -> OpenedStore {
    let inspection = try StoreInspection(path: path, busyTimeout: busyTimeout)
    guard inspection.kind == kind else {
      switch kind {
      case .own:
        throw StoreError(
          .corrupt,
          "The store \(path) is codex-lb's. Open it as a codex-lb store, or choose another place for an own one.")
      case .codexLB:
        throw StoreError(.corrupt, "The store \(path) is this program's own, not codex-lb's. Open it as an own store.")
      }
    }
    if kind == .own { try requirePrivacy() }
    let key = try EncryptionKey(file: keyPath, audience: kind == .own ? .ownerOnly : .group)
    try requireKey(key, fingerprint: inspection.keyFingerprint)
    return try OpenedStore(self, key: key)
  }

  /// Own stores are for their owner alone: they hold logins, even if encrypted, and e-mail addresses.
  private func requirePrivacy() throws(StoreError) {
    for file in [path, path + "-wal"] {
      guard let status = try FileStatus(path: file), status.permissions & 0o077 != 0 else { continue }
      throw StoreError(.permission, "Other users may use the store's file \(file). Run: chmod 600 '\(file)'")
    }
  }

  private func requireKey(_ key: EncryptionKey, fingerprint: String?) throws(StoreError) {
    guard let fingerprint else {
      guard kind == .own else { return }
      throw StoreError(
        .corrupt, "The store \(path) does not say which encryption key it was written with. Put it back from a backup.")
    }
    guard key.hasFingerprint(fingerprint) else {
      throw StoreError(
        .keyMismatch,
        "The encryption key \(keyPath) is not the one the store \(path) was written with. Put the right key file back, "
          + "or say where it is.")
    }
  }
}
