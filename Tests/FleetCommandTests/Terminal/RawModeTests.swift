import FleetTestSupport
import Glibc
import Testing

@testable import FleetCommand

@Suite("Raw mode")
struct RawModeTests {
  @Test("restores exactly what was before, once")
  func restores() throws {
    let terminal = try PseudoTerminal()
    let before = terminal.settings.c_lflag
    let mode = RawMode(terminal.programs)
    try mode.enter()
    #expect(terminal.settings.c_lflag & UInt32(ICANON | ECHO | ISIG) == 0)
    // As a shell does that runs while the program is stopped.
    terminal.settings.c_lflag |= UInt32(ECHO)
    try mode.enter()
    #expect(terminal.settings.c_lflag & UInt32(ECHO) == 0)
    mode.leave()
    #expect(terminal.settings.c_lflag == before)
    terminal.settings.c_lflag &= ~UInt32(ECHO)
    mode.leave()
    #expect(terminal.settings.c_lflag & UInt32(ECHO) == 0)
  }

  @Test("restores also when it is just dropped")
  func dropped() throws {
    let terminal = try PseudoTerminal()
    func enterAndDrop() throws {
      try RawMode(terminal.programs).enter()
    }
    try enterAndDrop()
    #expect(terminal.isCooked)
  }

  @Test("is not to be had of a file that is no terminal")
  func noTerminal() throws {
    let file = open("/dev/null", O_RDWR)
    defer { close(file) }
    let failure = #expect(throws: CommandFailure.self) { try RawMode(file).enter() }
    #expect(failure?.message.hasPrefix("cannot take the terminal: ") == true)
  }
}
