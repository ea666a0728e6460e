internal import FoundationEssentials

/// The environment this process was started with.
enum ProcessEnvironment {
  /// Its variables.
  static var variables: [String: String] { ProcessInfo.processInfo.environment }
}
