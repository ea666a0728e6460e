/// Where the daemon's socket is, for the daemon that makes it and the clients that look for it.
public enum SocketPath {
  /// How many bytes a socket's path may have on this platform: one less than `sockaddr_un.sun_path`, which ends in a NUL.
  public static let maximumLength = 107

  /// The path to use when none was given.
  ///
  /// It is `$RUNTIME_DIRECTORY/fleet.sock`, else `$XDG_RUNTIME_DIR/codex-fleet/fleet.sock`, else
  /// `/run/codex-fleet/fleet.sock`; an empty variable counts as unset. systemd separates several runtime directories
  /// by colons: the first one counts.
  ///
  /// - Parameter environment: the process's environment variables.
  public static func defaultPath(environment: [String: String]) -> String {
    if let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first {
      return directory + "/fleet.sock"
    }
    if let directory = environment["XDG_RUNTIME_DIR"], !directory.isEmpty {
      return directory + "/codex-fleet/fleet.sock"
    }
    return "/run/codex-fleet/fleet.sock"
  }

  /// What keeps `path` from naming a socket, in words for people; nil when nothing does.
  public static func fault(in path: String) -> String? {
    if path.isEmpty { return "the path is empty" }
    if path.utf8.contains(0) { return "the path contains a NUL byte" }
    if path.hasSuffix("/") { return "the path names a directory: give a file in it, such as \(path)fleet.sock" }
    let length = path.utf8.count
    guard length > maximumLength else { return nil }
    return "the path has \(length) bytes, the platform allows \(maximumLength): choose a shorter one"
  }
}
