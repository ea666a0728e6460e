import FleetServer
import Glibc
import Testing

@Suite("Sockets that another process opened")
struct PassedSocketTests {
  private func open(_ domain: Int32, _ kind: __socket_type) -> Int32 { socket(domain, Int32(kind.rawValue), 0) }

  private func fault(of descriptor: Int32) -> String {
    defer { close(descriptor) }
    do {
      _ = try PassedSocket(descriptor: descriptor, name: "test")
      return "none"
    } catch {
      return error.description
    }
  }

  @Test("only a Unix stream socket that listens at a path is taken, and the others are told apart")
  func kinds() throws {
    #expect(fault(of: -1) == "it is not open")
    #expect(fault(of: Glibc.open("/dev/null", O_RDONLY)) == "it is not a socket")
    #expect(fault(of: open(AF_INET, SOCK_STREAM)) == "it is not a Unix socket")
    #expect(fault(of: open(AF_UNIX, SOCK_DGRAM)) == "it is not a stream socket")
    #expect(fault(of: open(AF_UNIX, SOCK_STREAM)) == "it does not listen")
    let unnamed = open(AF_UNIX, SOCK_STREAM)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Bound without a name, the kernel gives it an abstract one.
    let status = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(unnamed, $0, socklen_t(MemoryLayout<sa_family_t>.size))
      }
    }
    try #require(status == 0 && listen(unnamed, 1) == 0)
    #expect(fault(of: unnamed) == "it is not bound to a path")
  }
}
