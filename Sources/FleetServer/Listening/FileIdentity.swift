internal import Glibc

/// What tells one file from another that later stands at the same path.
struct FileIdentity: Hashable {
  private let device: dev_t
  private let inode: ino_t

  /// What stands at a path.
  enum Occupant: Hashable {
    case nothing
    case socket(FileIdentity)
    case otherFile
  }

  /// Looks at what stands at the path itself, not at what a symbolic link there points to.
  static func occupant(of path: String) throws(SystemFault) -> Occupant {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      let fault = SystemFault.last
      if fault.number == ENOENT { return .nothing }
      throw fault
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { return .otherFile }
    return .socket(FileIdentity(device: status.st_dev, inode: status.st_ino))
  }
}
