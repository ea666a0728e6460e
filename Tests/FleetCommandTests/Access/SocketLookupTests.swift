import Testing

@testable import FleetCommand

@Suite("The socket")
struct SocketLookupTests {
  private static let own = "/run/user/1000/codex-fleet/fleet.sock"
  private static let system = "/run/codex-fleet/fleet.sock"

  @Test("is the one given, then that of the environment")
  func given() throws {
    let environment = ["CODEX_FLEET_SOCKET": "/e.sock", "XDG_RUNTIME_DIR": "/run/user/1000"]
    #expect(try SocketLookup(given: "/g.sock", environment: environment).path == "/g.sock")
    let lookup = try SocketLookup(given: nil, environment: environment)
    #expect(lookup.path == "/e.sock" && lookup.others.isEmpty)
  }

  @Test(
    "is the first that is there of the usual places",
    arguments: [
      ([own, system], own, [system]), ([system], system, [own]), ([], own, [system]),
    ] as [([String], String, [String])])
  func usualPlaces(present: [String], path: String, others: [String]) throws {
    let environment = ["XDG_RUNTIME_DIR": "/run/user/1000", "CODEX_FLEET_SOCKET": ""]
    let lookup = try SocketLookup(given: nil, environment: environment) { present.contains($0) }
    #expect(lookup.path == path && lookup.others == others)
  }

  @Test("with an impossible path is wrong usage")
  func impossible() {
    let failure = #expect(throws: CommandFailure.self) {
      try SocketLookup(given: "/" + String(repeating: "x", count: 200), environment: [:])
    }
    #expect(failure?.status == .usage)
    #expect(failure?.message.contains("choose a shorter one") == true)
  }

  @Test(
    "that is closed to this user comes with the way to be let in",
    arguments: [
      (false, "fleet", 0o660, "belongs to root:fleet with mode 0660; join the group (sudo usermod -aG fleet $USER)"),
      (false, "fleet", 0o640, "belongs to root:fleet with mode 0640; run this as root"),
      (true, "fleet", 0o750, "belongs to root:fleet with mode 0750; join the group (sudo usermod -aG fleet $USER)"),
      (true, "fleet", 0o700, "belongs to root:fleet with mode 0700; run this as root"),
      (false, "root", 0o660, "belongs to root:root with mode 0660; run this as root"),
    ] as [(Bool, String, UInt32, String)])
  func permission(isDirectory: Bool, group: String, mode: UInt32, advice: String) {
    let permission = SocketPermission(
      obstacle: "/run/fleet", isDirectory: isDirectory, user: "root", group: group, mode: mode)
    #expect(permission.advice.hasPrefix("/run/fleet \(advice)"))
  }

  @Test("that cannot be seen is looked for as far as can be seen")
  func obstacle() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "fleet.sock", mode: 0o640)
    let permission = try #require(SocketPermission(of: file))
    #expect(permission.obstacle == file && !permission.isDirectory && permission.mode == 0o640)
    let above = try #require(SocketPermission(of: folder.path + "/none/fleet.sock"))
    #expect(above.obstacle == folder.path && above.isDirectory)
    #expect(SocketPermission(of: "nowhere.sock") == nil)
  }
}
