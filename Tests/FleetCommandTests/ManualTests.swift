import ArgumentParser
import ManualPages
import Testing

@testable import FleetCommand

@Suite("The manual page codex-fleet(1)")
struct ManualTests {
  @Test("has the client's own commands")
  func commands() throws {
    let dump = try HelpDump(ClientCommand._dumpHelp())
    try Document("contrib/man/codex-fleet.1").expect(
      Mdoc.commands(dump, leavingOut: ["help", "version"]), between: #".\" commands: written by the tests"#,
      and: #".\" end of commands"#)
  }
}
