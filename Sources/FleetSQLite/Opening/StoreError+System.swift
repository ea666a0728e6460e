internal import Fleet
internal import Glibc

extension StoreError {
  /// The error for a failed system call.
  init(errno code: Int32, doing action: String, _ path: String) {
    let attempt = "Cannot \(action) \(path): \(String(cString: strerror(code)))."
    switch code {
    case ENOENT, ENOTDIR:
      self.init(.missing, attempt + " Check the path.")
    case EACCES, EPERM:
      self.init(.permission, attempt + " Give this user access to it, or run as the user who owns it.")
    case EROFS:
      self.init(.readOnly, attempt + " Mount the file system for writing, or choose another place for the store.")
    case ENOSPC, EDQUOT:
      self.init(.full, attempt + " Free some space; nothing else is needed.")
    default:
      self.init(.inputOutput, attempt)
    }
  }
}
