internal import CodexLogin
internal import Fleet

/// The key a store's tokens are encrypted with, as read from its key file.
struct EncryptionKey: Sendable {
  /// Which users besides the owner may be able to read a key file.
  enum Audience {
    /// None: the file is this program's own.
    case ownerOnly
    /// Those of the file's group: the file is shared on purpose.
    case group

    fileprivate var forbiddenPermissions: UInt32 {
      switch self {
      case .ownerOnly: 0o077
      case .group: 0o004
      }
    }

    fileprivate var cure: String {
      switch self {
      case .ownerOnly: "chmod 600"
      case .group: "chmod o-r"
      }
    }
  }

  /// The longest key file that is looked at, in bytes: a key has 44.
  private static let maximumLength = 4_096

  /// The cipher.
  let fernet: Fernet
  /// `sha256:` and the digest of the key file's bytes, by which a store tells its key.
  let fingerprint: String
  private let fingerprintWithoutNewline: String

  /// Reads a key file.
  ///
  /// - Throws: `.keyMismatch` when it is missing or holds no key, `.permission` when it may not be read or may be read
  ///   by too many.
  init(file path: String, audience: Audience) throws(StoreError) {
    guard let status = try FileStatus(path: path) else {
      throw StoreError(
        .keyMismatch,
        "There is no encryption key at \(path). Put the store's key file back from a backup, or say where it is.")
    }
    guard status.permissions & audience.forbiddenPermissions == 0 else {
      throw StoreError(
        .permission, "Other users may read the encryption key \(path). Run: \(audience.cure) '\(path)'")
    }
    let bytes = try FileContents.read(path, atMost: Self.maximumLength)
    guard let key = bytes.flatMap({ EncryptionKey(bytes: $0) }) else {
      throw StoreError(
        .keyMismatch,
        "\(path) is not an encryption key: it must hold 32 bytes as URL-safe Base64. Put the store's key file back "
          + "from a backup, or say where it is.")
    }
    self = key
  }

  /// Reads a key file's bytes; a line end after the key is tolerated.
  init?(bytes: [UInt8]) {
    var text = bytes[...]
    while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { text.removeLast() }
    guard let fernet = Fernet(base64URL: text) else { return nil }
    self.fernet = fernet
    fingerprint = "sha256:" + Digest.sha256(bytes)
    fingerprintWithoutNewline = "sha256:" + Digest.sha256(Array(text))
  }

  /// Makes a new key and writes it to a file that does not exist yet, readable by its owner alone.
  static func create(file path: String) throws(StoreError) -> EncryptionKey {
    let text = Array(Base64URL.encode(Fernet.randomBytes(32), padding: .required).utf8)
    try FileContents.create(path, containing: text)
    return try EncryptionKey(file: path, audience: .ownerOnly)
  }

  /// Whether a stored fingerprint is this key's; a line end that an editor added to the file does not matter.
  func hasFingerprint(_ stored: String) -> Bool {
    stored == fingerprint || stored == fingerprintWithoutNewline
  }
}
