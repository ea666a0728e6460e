import FleetTestSupport
import Glibc
import Testing

@testable import FleetCommand

@Suite("The screen", .timeLimit(.minutes(1)))
struct ScreenTests {
  private let terminal: PseudoTerminal

  init() throws {
    terminal = try PseudoTerminal()
    // Else every line end is written as two characters.
    var settings = terminal.settings
    cfmakeraw(&settings)
    terminal.settings = settings
  }

  @Test("shows all that is written, however much and slowly it is read", arguments: [true, false])
  func whole(reopens: Bool) async throws {
    let screen = ScreenFile(terminal.programs, reopens: reopens)
    defer { screen.close() }
    let text = (0..<20_000).map { "\($0)\n" }.joined()
    async let writing = ScreenWriter(screen).write { text }
    var read: [UInt8] = []
    await until {
      read += terminal.read()
      return read.count >= text.utf8.count
    }
    guard case .done = await writing else {
      Issue.record("it was not written")
      return
    }
    #expect(String(decoding: read, as: UTF8.self) == text)
  }

  @Test("can be given up while it takes nothing, and then still takes what is the last", arguments: [true, false])
  func jammed(reopens: Bool) async throws {
    let screen = ScreenFile(terminal.programs, reopens: reopens)
    defer { screen.close() }
    let writer = ScreenWriter(screen)
    async let writing = writer.write { String(repeating: "x", count: 1_000_000) }
    await until { terminal.isFull }
    writer.writeLast("the last")
    guard case .unwanted = await writing else {
      Issue.record("what nobody has read was written")
      return
    }
    var read = ""
    await until {
      read += String(decoding: terminal.read(), as: UTF8.self)
      return read.hasSuffix("the last")
    }
    #expect(read.count < 1_000_000)
  }

  @Test("leaves the way it blocks to those it shares the terminal with")
  func blocking() {
    let before = fcntl(terminal.programs, F_GETFL)
    let screen = ScreenFile(terminal.programs)
    defer { screen.close() }
    Array("text".utf8).withUnsafeBytes { screen.writeLast($0) }
    #expect(fcntl(terminal.programs, F_GETFL) == before && before & O_NONBLOCK == 0)
  }
}

@Suite("The terminal of a process", .serialized, .timeLimit(.minutes(1)))
struct ProcessTerminalTests {
  @Test("tells of signals however many keys nobody has read")
  func signals() async throws {
    let pseudo = try PseudoTerminal()
    var settings = pseudo.settings
    cfmakeraw(&settings)
    pseudo.settings = settings
    let terminal = try ProcessTerminal(outputFile: pseudo.programs, keysFile: pseudo.programs, environment: [:])
    defer { terminal.giveBack() }
    for _ in 0..<20 {
      pseudo.type(String(repeating: "x", count: 200))
      await until { pseudo.unreadKeys == 0 }
    }
    // The default action of this one would harm no other test.
    kill(getpid(), SIGWINCH)
    var events = terminal.events.makeAsyncIterator()
    #expect(await events.next() == .resized)
    var keys = terminal.keys.makeAsyncIterator()
    #expect(await keys.next() == .character("x"))
  }
}
