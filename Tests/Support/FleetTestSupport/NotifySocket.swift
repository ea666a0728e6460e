internal import Dispatch
internal import Glibc
internal import NIOConcurrencyHelpers

/// A datagram socket in a service manager's place: what a service tells it, in order.
public final class NotifySocket: Sendable {
  /// Why it could not be made.
  public struct Failure: Error {
    /// The system's error number.
    public let number: Int32
  }

  /// Every message from now on; ends with the socket.
  public let messages: AsyncStream<String>
  private let descriptor: Int32
  private let isOpen: NIOLockedValueBox<Bool>

  /// Binds the socket to a path.
  public init(path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { name in name.copyBytes(from: path.utf8.prefix(name.count - 1)) }
    let status = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw Failure(number: errno) }
    let (messages, continuation) = AsyncStream.makeStream(of: String.self)
    self.messages = messages
    self.descriptor = descriptor
    let isOpen = NIOLockedValueBox(true)
    self.isOpen = isOpen
    DispatchQueue(label: "notify").async {
      var bytes = [UInt8](repeating: 0, count: 4_096)
      while true {
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        continuation.yield(String(decoding: bytes.prefix(count), as: UTF8.self))
      }
      isOpen.withLockedValue { isOpen in
        isOpen = false
        close(descriptor)
      }
      continuation.finish()
    }
  }

  // Wakes the reader, which closes the socket. Once it has, the number may be another test's.
  deinit {
    isOpen.withLockedValue { isOpen in
      if isOpen { shutdown(descriptor, Int32(SHUT_RD)) }
    }
  }

  /// The next message that satisfies a condition, passing over the others; nil when the waiting task is cancelled.
  public func next(where isWanted: (String) -> Bool = { _ in true }) async -> String? {
    for await message in messages where isWanted(message) { return message }
    return nil
  }
}
