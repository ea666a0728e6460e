internal import Fleet
internal import Glibc

/// The lock by which one daemon keeps a second one off its store.
///
/// It lies on a file beside the store and ends with this value or with the process, however that ends. The file stays.
final class StoreLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    // Said aloud, because a process that is being started at this moment may still have a copy of the descriptor. One
    // that another process holds is not let go of by this.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Takes the lock of the store at `path` without waiting.
  ///
  /// - Throws: `.locked` when another process holds it.
  static func acquire(forStoreAt path: String) throws(StoreError) -> StoreLock {
    let lockPath = path + ".lock"
    let descriptor = Glibc.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError(errno: errno, doing: "open", lockPath) }
    let lock = StoreLock(descriptor: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      guard code == EWOULDBLOCK else { throw StoreError(errno: code, doing: "lock", lockPath) }
      throw StoreError(
        .locked,
        "Another daemon holds the store \(path). Stop it first, or give this one a store of its own.")
    }
    return lock
  }
}
