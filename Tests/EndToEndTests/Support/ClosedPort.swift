import Foundation

/// A port of the loopback interface at which nobody listens, kept from being given to anybody else until this goes.
///
/// Whoever asks for this very port may listen at it all the same, as a simulator does later in a test.
final class ClosedPort {
  /// The port.
  let number: Int
  private let descriptor: Int32

  /// Takes one that is free.
  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw RawConnection.Failure(call: "socket", number: errno) }
    var isReused: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor) = descriptor
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) == 0 ? getsockname(descriptor, address, &size) : -1
      }
    }
    number = Int(UInt16(bigEndian: address.sin_port))
    guard result == 0 else { throw RawConnection.Failure(call: "bind", number: errno) }
  }

  deinit { close(descriptor) }
}
