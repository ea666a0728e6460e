internal import Glibc

/// Why this user may not connect to a socket: who may pass what stands in the way.
struct SocketPermission: Sendable {
  /// The socket, or a directory that it cannot be seen through.
  var obstacle: String
  var isDirectory: Bool
  /// The names of owner and group; their numbers when they have none.
  var user: String
  var group: String
  var mode: mode_t

  /// What stands in the way, and how to get past it.
  var advice: String {
    let digits = String(mode, radix: 8)
    let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
    let finding = "\(PrintableText.of(obstacle)) belongs to \(user):\(group) with mode \(zeros)\(digits)"
    // Connecting takes the right to write to a socket, passing a directory the right to search it.
    let needed = isDirectory ? S_IXGRP : S_IWGRP
    // Nobody should become a member of root's group for this.
    guard mode & needed != 0, group != "root" else { return "\(finding); run this as \(user)" }
    return "\(finding); join the group (sudo usermod -aG \(group) $USER) and log in again"
  }
}

extension SocketPermission {
  /// Looks at a socket, or at the nearest directory above it that can be looked at; nil when there is none.
  init?(of path: String) {
    var obstacle = path
    var status = stat()
    while stat(obstacle, &status) != 0 {
      guard let slash = obstacle.lastIndex(of: "/"), slash > obstacle.startIndex else { return nil }
      obstacle = String(obstacle[..<slash])
    }
    self.obstacle = obstacle
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
    user = getpwuid(status.st_uid)?.pointee.pw_name.map { String(cString: $0) } ?? "\(status.st_uid)"
    group = getgrgid(status.st_gid)?.pointee.gr_name.map { String(cString: $0) } ?? "\(status.st_gid)"
    mode = status.st_mode & 0o777
  }
}
