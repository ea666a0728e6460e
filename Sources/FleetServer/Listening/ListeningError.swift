/// Why a server does not listen.
public struct ListeningError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The stable kinds of trouble.
  public enum Code: String, Hashable, Sendable {
    /// The path cannot name a socket: empty, too long for the platform, or with a NUL byte.
    case invalidPath
    /// The socket's directory is missing and could not be made, or is no directory.
    case directory
    /// Another daemon holds the path, by its lock or by a socket that answers.
    case alreadyRunning
    /// There is something at the path that is not a socket.
    case notASocket
    /// The operating system refused a step.
    case system
    /// The listening socket failed while it was in use.
    case listenerFailed
  }

  /// The kind of trouble.
  public let code: Code
  /// The socket's path.
  public let path: String
  /// What happened and what to do about it, for people.
  public let message: String

  init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  /// The message, with the path in it.
  public var description: String { message }
}
