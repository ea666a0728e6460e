internal import Glibc

/// A listening socket that another process, the service manager, has opened and goes on to own.
///
/// The file at its path is that process's: it is neither claimed nor removed.
public struct PassedSocket: Hashable, Sendable {
  /// Why a descriptor cannot be served on, in words.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
  }

  /// The path it is bound to.
  public let path: String
  /// What its owner calls it.
  public let name: String
  let descriptor: Int32

  /// Takes over a descriptor, which is closed with the server that gets it.
  ///
  /// - Throws: `Fault` unless it is a Unix stream socket that listens at a path.
  public init(descriptor: Int32, name: String) throws(Fault) {
    func option(_ option: Int32) throws(Fault) -> Int32 {
      var value: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      guard getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 else {
        throw Fault(description: errno == EBADF ? "it is not open" : "it is not a socket")
      }
      return value
    }
    guard try option(SO_DOMAIN) == AF_UNIX else { throw Fault(description: "it is not a Unix socket") }
    guard try option(SO_TYPE) == Int32(SOCK_STREAM.rawValue) else {
      throw Fault(description: "it is not a stream socket")
    }
    guard try option(SO_ACCEPTCONN) != 0 else { throw Fault(description: "it does not listen") }
    guard let path = Self.path(of: descriptor) else { throw Fault(description: "it is not bound to a path") }
    // Nothing that this process may ever start is to inherit it.
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw Fault(description: "\(SystemFault.last)") }
    self.descriptor = descriptor
    self.name = name
    self.path = path
  }

  private static func path(of descriptor: Int32) -> String? {
    var address = sockaddr_un()
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard status == 0 else { return nil }
    let path = withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return path.isEmpty ? nil : path
  }
}
