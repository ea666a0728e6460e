internal import FoundationEssentials
internal import Glibc

/// The environment this process was started with.
enum ProcessEnvironment {
  /// Its variables.
  static var variables: [String: String] { ProcessInfo.processInfo.environment }

  /// The directory that relative paths begin in; nil where it is gone.
  static var directory: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
