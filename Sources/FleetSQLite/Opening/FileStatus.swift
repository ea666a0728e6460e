internal import Fleet
internal import Glibc

/// What the file system says about a path; symbolic links are followed.
struct FileStatus {
  /// What tells one file from another that took its name.
  struct Identity: Hashable, Sendable {
    /// The file system.
    let device: UInt64
    /// The file in it.
    let inode: UInt64
  }

  /// Which file it is.
  let identity: Identity
  /// Its length in bytes.
  let size: Int64
  /// The nine permission bits.
  let permissions: UInt32
  /// Whether it is a directory.
  let isDirectory: Bool
  /// Whether it is an ordinary file.
  let isRegular: Bool

  /// Looks at a path; nil when nothing is there.
  init?(path: String) throws(StoreError) {
    var information = stat()
    guard stat(path, &information) == 0 else {
      let code = errno
      if code == ENOENT { return nil }
      throw StoreError(errno: code, doing: "look at", path)
    }
    self.init(information)
  }

  /// Takes over what `stat` or `fstat` reported.
  init(_ information: stat) {
    identity = Identity(device: UInt64(information.st_dev), inode: UInt64(information.st_ino))
    size = Int64(information.st_size)
    permissions = UInt32(information.st_mode) & 0o777
    isDirectory = information.st_mode & S_IFMT == S_IFDIR
    isRegular = information.st_mode & S_IFMT == S_IFREG
  }
}
