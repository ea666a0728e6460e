internal import Glibc

/// Blocking TCP sockets on the loopback interface.
enum LoopbackSocket {
  struct Failure: Error {
    let number: Int32
  }

  /// A listening socket on a port that the system chooses.
  static func listen() throws -> Int32 {
    let descriptor = makeSocket()
    guard descriptor >= 0, withAddress(port: 0, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 256) == 0
    else { throw Failure(number: errno) }
    return descriptor
  }

  static func port(of descriptor: Int32) throws -> Int {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard result == 0 else { throw Failure(number: errno) }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// A connection to a port; nil when nobody listens there.
  static func connect(to port: Int) -> Int32? {
    let descriptor = makeSocket()
    guard descriptor >= 0 else { return nil }
    guard withAddress(port: UInt16(truncatingIfNeeded: port), { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Passes bytes both ways until either side ends.
  static func pump(_ left: Int32, _ right: Int32) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var sides = [left, right].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while true {
      let count = poll(&sides, 2, -1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      for (index, side) in sides.enumerated() where side.revents != 0 {
        let received = recv(side.fd, &buffer, buffer.count, 0)
        guard received > 0 else { return }
        send(buffer[..<received], to: sides[1 - index].fd)
      }
    }
  }

  private static func makeSocket() -> Int32 {
    socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  private static func withAddress<Result>(
    port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

/// A thread for calls that block.
enum OwnThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  static func run(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    guard pthread_create(&thread, nil, runWork, work.toOpaque()) == 0 else { return work.release() }
    pthread_detach(thread)
  }

  fileprivate static func run(_ context: UnsafeMutableRawPointer) {
    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
  }
}

/// The thread's work.
private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { OwnThread.run(context) }
  return nil
}
