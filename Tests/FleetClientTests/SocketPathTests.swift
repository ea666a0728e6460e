import FleetSocket
import Testing

@Suite("The default socket path")
struct SocketPathTests {
  @Test(
    "the runtime directories of service and session come before the system's",
    arguments: [
      ([:], "/run/codex-fleet/fleet.sock"),
      (["XDG_RUNTIME_DIR": "/run/user/7"], "/run/user/7/codex-fleet/fleet.sock"),
      (["RUNTIME_DIRECTORY": "/run/a", "XDG_RUNTIME_DIR": "/run/user/7"], "/run/a/fleet.sock"),
      (["RUNTIME_DIRECTORY": "/run/a:/run/b"], "/run/a/fleet.sock"),
      (["RUNTIME_DIRECTORY": "", "XDG_RUNTIME_DIR": ""], "/run/codex-fleet/fleet.sock"),
    ] as [([String: String], String)])
  func defaultPath(environment: [String: String], path: String) {
    #expect(SocketPath.defaultPath(environment: environment) == path)
  }

  @Test("a path is told faulty when it is empty, too long, or has a NUL in it")
  func faults() {
    #expect(SocketPath.fault(in: String(repeating: "x", count: 107)) == nil)
    #expect(SocketPath.fault(in: String(repeating: "x", count: 108)) != nil)
    #expect(SocketPath.fault(in: "") != nil)
    #expect(SocketPath.fault(in: "a\0b") != nil)
  }
}
