/// What a person presses on a terminal.
enum TerminalKey: Sendable, Equatable {
  /// A printable character of ASCII.
  case character(Character)
  /// Control and a letter, in lower case.
  case control(Character)
  case escape
  case up
  case down
  case pageUp
  case pageDown
  case home
  case end
}
