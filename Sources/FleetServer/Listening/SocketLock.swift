internal import Glibc
internal import NIOConcurrencyHelpers

/// The right to a socket's path: an advisory lock on `<path>.lock`, held until it is let go of or the process ends.
final class SocketLock: Sendable {
  private let path: String
  private let descriptor: NIOLockedValueBox<Int32?>

  /// Takes the lock without waiting for it.
  init(for socketPath: String) throws(ListeningError) {
    let path = socketPath + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw ListeningError(.system, path: socketPath, "cannot open the lock file \(path): \(SystemFault.last)")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let fault = SystemFault.last
      close(descriptor)
      guard fault.number == EWOULDBLOCK else {
        throw ListeningError(.system, path: socketPath, "cannot lock \(path): \(fault)")
      }
      throw ListeningError(
        .alreadyRunning, path: socketPath,
        "another daemon holds \(path): stop that one, or give this one another socket path")
    }
    self.path = path
    self.descriptor = NIOLockedValueBox(descriptor)
  }

  /// Whether it is held, and others would find it: the locked file stands at its path.
  var isInForce: Bool {
    descriptor.withLockedValue { descriptor in
      var (held, found) = (stat(), stat())
      return descriptor.map { fstat($0, &held) } == 0 && lstat(path, &found) == 0
        && (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)
    }
  }

  /// Lets go of the lock; the file stays. Doing it twice does nothing.
  ///
  /// Were the file removed, a daemon that had opened it a moment earlier would lock a file without a name, the next
  /// one would make and lock a new file, and both would hold “the” lock.
  func release() {
    guard let descriptor = descriptor.withLockedValue({ $0.take() }) else { return }
    // Said aloud, because a process that is being started at this moment may still have a copy of the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  deinit { release() }
}
