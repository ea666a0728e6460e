import Testing

@testable import FleetCommand

@Suite("Keys")
struct KeyDecoderTests {
  @Test(
    "are read from what terminals send",
    arguments: [
      ("q", [.character("q")]), ("rs?", [.character("r"), .character("s"), .character("?")]),
      ("\u{3}\u{1A}\u{0C}", [.control("c"), .control("z"), .control("l")]), ("\u{1B}[A\u{1B}[B", [.up, .down]),
      ("\u{1B}OA\u{1B}OB", [.up, .down]), ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]),
      ("\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~\u{1B}OH", [.home, .end, .home, .end, .home]), ("\u{1B}", [.escape]),
      ("\u{1B}q", []), ("\u{1B}[1;5A", [.up]), ("\u{1B}[C\u{1B}[15~x", [.character("x")]), ("é\u{7F}\u{0}", []),
      ("\u{1B}\u{1B}[A", [.up]), ("\u{1B}[99999999999999999999~q", [.character("q")]),
    ] as [(String, [TerminalKey])])
  func sequences(text: String, keys: [TerminalKey]) {
    var decoder = KeyDecoder()
    #expect(decoder.keys(in: Array(text.utf8)) == keys)
  }

  @Test("may come in pieces")
  func pieces() {
    var decoder = KeyDecoder()
    #expect(decoder.keys(in: Array("\u{1B}[".utf8)) == [])
    #expect(decoder.keys(in: Array("5".utf8)) == [])
    #expect(decoder.keys(in: Array("~q".utf8)) == [.pageUp, .character("q")])
  }
}
