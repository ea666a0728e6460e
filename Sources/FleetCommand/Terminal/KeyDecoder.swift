/// Makes keys of the bytes that a terminal sends for them; what is none is skipped.
struct KeyDecoder: Sendable {
  private enum State: Sendable {
    case ground
    /// After an escape.
    case escape
    /// In a control sequence, with its parameter so far.
    case sequence(parameter: Int)
    /// After the escape and the letter that begin a function key.
    case function
  }

  private var state = State.ground

  /// The keys of the next bytes.
  ///
  /// Terminals send a key's bytes together, so that an escape with nothing behind it is the key itself.
  mutating func keys(in bytes: [UInt8]) -> [TerminalKey] {
    var keys = bytes.compactMap { take($0) }
    if case .escape = state {
      state = .ground
      keys.append(.escape)
    }
    return keys
  }

  private mutating func take(_ byte: UInt8) -> TerminalKey? {
    switch (state, byte) {
    case (.escape, UInt8(ascii: "[")): state = .sequence(parameter: 0)
    case (.escape, UInt8(ascii: "O")): state = .function
    case (.sequence(let parameter), UInt8(ascii: "0")...UInt8(ascii: "9")):
      // No key has a longer one.
      state = .sequence(parameter: min(parameter * 10 + Int(byte & 0xF), 1_000))
    case (.sequence, 0x20...0x3F): break
    case (.sequence(let parameter), 0x40...0x7E):
      state = .ground
      return Self.key(of: byte, parameter: parameter)
    case (.function, _):
      state = .ground
      return Self.key(of: byte, parameter: 0)
    // A letter after an escape is one with a modifier that means nothing here.
    case (.escape, 0x20...0x7E): state = .ground
    case (_, 0x1B): state = .escape
    case (_, 1...26):
      state = .ground
      return .control(Character(Unicode.Scalar(byte + 0x60)))
    case (_, 0x20...0x7E):
      state = .ground
      return .character(Character(Unicode.Scalar(byte)))
    default: state = .ground
    }
    return nil
  }

  private static func key(of final: UInt8, parameter: Int) -> TerminalKey? {
    switch (final, parameter) {
    case (UInt8(ascii: "A"), _): .up
    case (UInt8(ascii: "B"), _): .down
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), 1), (UInt8(ascii: "~"), 7): .home
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), 4), (UInt8(ascii: "~"), 8): .end
    case (UInt8(ascii: "~"), 5): .pageUp
    case (UInt8(ascii: "~"), 6): .pageDown
    default: nil
    }
  }
}
