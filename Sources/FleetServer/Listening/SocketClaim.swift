internal import FleetSocket
internal import Glibc
internal import NIOConcurrencyHelpers

/// A path that is provably ours, with our listening socket bound there.
///
/// Who holds the lock beside the path decides what happens at the path. Even with the lock in hand an old socket file
/// is replaced only when connecting to it is refused: a program that knows nothing of the lock may answer there.
final class SocketClaim: Sendable {
  private struct Held {
    var lock: SocketLock
    var file: FileIdentity
  }

  let path: String
  private let held: NIOLockedValueBox<Held>

  /// The mode of the socket: its owner and group may connect.
  private static let mode: mode_t = 0o660
  private static let directoryMode: mode_t = 0o750
  /// Connections that wait to be accepted; the kernel holds it to a limit of its own.
  static let backlog: Int32 = 1_024

  private init(path: String, _ held: Held) {
    self.path = path
    self.held = NIOLockedValueBox(held)
  }

  /// Claims the path, binds a socket there and listens on it; the caller owns the descriptor.
  static func listen(at path: String) throws(ListeningError) -> (claim: SocketClaim, descriptor: Int32) {
    if let fault = SocketPath.fault(in: path) {
      throw ListeningError(.invalidPath, path: path, "cannot listen on '\(path)': \(fault)")
    }
    try makeDirectory(of: path)
    let (held, descriptor) = try take(path, with: try SocketLock(for: path))
    return (SocketClaim(path: path, held), descriptor)
  }

  /// Whether clients find the claimed socket at the path.
  var isInPlace: Bool {
    let file = held.withLockedValue { $0.file }
    return (try? FileIdentity.occupant(of: path)) == .socket(file)
  }

  /// Binds and listens anew where the socket's file is gone, even with its whole directory; the caller owns the
  /// descriptor. Unless this succeeds, the claim stays what it was.
  func renew() throws(ListeningError) -> Int32 {
    if try Self.occupant(of: path) == .server {
      throw ListeningError(.alreadyRunning, path: path, "another server has taken \(path): stop it")
    }
    try Self.makeDirectory(of: path)
    let lock = held.withLockedValue { $0.lock }
    let (renewed, descriptor) = try Self.take(path, with: lock.isInForce ? lock : try SocketLock(for: path))
    held.withLockedValue { $0 = renewed }
    if renewed.lock !== lock { lock.release() }
    return descriptor
  }

  private static func take(_ path: String, with lock: SocketLock) throws(ListeningError) -> (Held, Int32) {
    try clear(path)
    do throws(SystemFault) {
      let (descriptor, file) = try bindAndListen(at: path)
      return (Held(lock: lock, file: file), descriptor)
    } catch {
      throw ListeningError(.system, path: path, "cannot listen on \(path): \(error)")
    }
  }

  /// Who is at the path, found out without changing anything.
  static func occupant(of path: String) throws(ListeningError) -> FleetServer.Occupant {
    if let fault = SocketPath.fault(in: path) {
      throw ListeningError(.invalidPath, path: path, "cannot listen on '\(path)': \(fault)")
    }
    do throws(SystemFault) {
      switch try FileIdentity.occupant(of: path) {
      case .nothing:
        if let refusal = obstacle(to: path) { throw SystemFault(number: refusal) }
        return .nobody
      case .socket: return try isDead(path) ? .nobody : .server
      case .otherFile: break
      }
    } catch {
      throw ListeningError(.system, path: path, "cannot look at the socket \(path): \(error)")
    }
    throw ListeningError(
      .notASocket, path: path, "\(path) is not a socket: move it away, or choose another socket path")
  }

  /// Why no socket could be made at a path where nothing is: its directory may not be written, or has to be made and
  /// cannot be. Nil when nothing stands in the way.
  private static func obstacle(to path: String) -> Int32? {
    guard let slash = path.lastIndex(of: "/") else { return access(".", W_OK | X_OK) == 0 ? nil : errno }
    var directory = slash == path.startIndex ? "/" : String(path[..<slash])
    if access(directory, W_OK | X_OK) == 0 { return nil }
    guard errno == ENOENT, let slash = directory.lastIndex(of: "/") else { return errno }
    directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
    return access(directory, W_OK | X_OK) == 0 ? nil : errno
  }

  /// Removes the socket file, unless another file stands at the path by now.
  func removeFile() {
    if isInPlace { unlink(path) }
  }

  /// Removes the socket file, if it is still ours, and lets others claim the path.
  func release() {
    removeFile()
    held.withLockedValue { $0.lock }.release()
  }

  private static func makeDirectory(of path: String) throws(ListeningError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let directory = String(path[..<slash])
    if mkdir(directory, directoryMode) == 0 {
      // The umask may have taken the group's part away.
      if chmod(directory, directoryMode) == 0 { return }
    } else if errno == EEXIST {
      return
    }
    throw ListeningError(
      .directory, path: path,
      "cannot make the directory \(directory) for the socket: \(SystemFault.last); make it, or choose another path")
  }

  /// Makes way at the path, if that may be done.
  private static func clear(_ path: String) throws(ListeningError) {
    let refusal: ListeningError?
    do throws(SystemFault) {
      refusal = try clearUnlessTaken(path)
    } catch {
      throw ListeningError(
        .system, path: path, "cannot replace the socket \(path): \(error); if no daemon runs there, remove it")
    }
    if let refusal { throw refusal }
  }

  /// Removes a dead socket; returns why what stands at the path has to stay.
  private static func clearUnlessTaken(_ path: String) throws(SystemFault) -> ListeningError? {
    switch try FileIdentity.occupant(of: path) {
    case .nothing:
      return nil
    case .otherFile:
      return ListeningError(
        .notASocket, path: path, "\(path) is not a socket: move it away, or choose another socket path")
    case .socket:
      guard try isDead(path) else {
        return ListeningError(
          .alreadyRunning, path: path,
          "something answers at \(path) already: stop it, or give this daemon another socket path")
      }
      guard unlink(path) == 0 || errno == ENOENT else { throw SystemFault.last }
      return nil
    }
  }

  /// Whether connecting is refused, which alone proves that nobody listens there. A full backlog does not.
  private static func isDead(_ path: String) throws(SystemFault) -> Bool {
    let probe = try makeSocket()
    defer { close(probe) }
    if withUnixAddress(path, { connect(probe, $0, $1) }) == 0 { return false }
    let fault = SystemFault.last
    switch fault.number {
    case ECONNREFUSED, ENOENT: return true
    case EAGAIN: return false
    default: throw fault
    }
  }

  private static func makeSocket() throws(SystemFault) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw SystemFault.last }
    return descriptor
  }

  private static func bindAndListen(at path: String) throws(SystemFault) -> (Int32, FileIdentity) {
    let descriptor = try makeSocket()
    do throws(SystemFault) {
      // Linux gives the file the socket's own mode less the umask, so it is never wider than this; the second call
      // gives back what the umask took. Changing the umask itself would reach files made by other threads.
      guard fchmod(descriptor, mode) == 0,
        withUnixAddress(path, { bind(descriptor, $0, $1) }) == 0,
        chmod(path, mode) == 0,
        Glibc.listen(descriptor, backlog) == 0
      else { throw SystemFault.last }
      guard case .socket(let file) = try FileIdentity.occupant(of: path) else { throw SystemFault(number: ENOENT) }
      return (descriptor, file)
    } catch {
      close(descriptor)
      throw error
    }
  }
}
