/// Why the store could not do what it was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// The stable kinds of trouble.
  public enum Code: String, Hashable, Sendable {
    /// Another process holds the lock for longer than the busy time-out.
    case busy
    /// No space is left, or a quota is used up.
    case full
    /// The file or its directory may not be written.
    case readOnly
    /// There is no such file, or it went away.
    case missing
    /// The file may not be read, or others may read what is secret.
    case permission
    /// The file is damaged, or is not of the expected kind.
    case corrupt
    /// The encryption key is missing, malformed, or not the one the store was written with.
    case keyMismatch
    /// One stored token does not fit the encryption key.
    case undecryptable
    /// Tables or columns are missing, or the schema's revision was not tested.
    case unsupportedSchema
    /// Another daemon holds the store.
    case locked
    /// The store is managed by codex-lb, which has to make this change.
    case managedElsewhere
    /// No such key, account or setting.
    case notFound
    /// The given value cannot be stored.
    case invalidValue
    /// The session was closed before.
    case sessionClosed
    /// The disk failed, or anything else.
    case inputOutput
  }

  /// The kind of trouble.
  public let code: Code
  /// What happened and what to do about it, for people; never a secret.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
