/// A terminal whose whole screen a command has for itself, and whose keys it gets one by one.
protocol LiveTerminal: Sendable {
  /// What happens to it besides keys; to be read once. Nothing of it gets lost.
  var events: AsyncStream<TerminalEvent> { get }

  /// The keys; to be read once. Whoever types faster than anybody reads loses some.
  var keys: AsyncStream<TerminalKey> { get }

  /// How large it is now.
  var size: TerminalSize { get }

  /// Takes the screen and the keys, again after `suspend` or after somebody else had them; what the screen shows then is
  /// not known.
  func take() throws(CommandFailure)

  /// Writes to the screen, one text after the other; returns when it is written, or when the terminal is given back
  /// before that.
  func write(_ text: String) async -> OutputStream.Writing

  /// Gives screen and keys back and stops the process; returns when it is continued, or cannot be stopped.
  func suspend() async

  /// Gives everything back as it was before; what is called after it does nothing.
  func giveBack()

  /// Gives everything back, then lets a signal do what it does by itself.
  func yield(to signal: TerminalEvent.Ending)
}

/// What happens to a terminal.
enum TerminalEvent: Sendable, Equatable {
  /// A signal that ends the program.
  enum Ending: Sendable, Equatable, CaseIterable {
    case hangUp
    case interrupt
    case quit
    case terminate
  }

  case key(TerminalKey)
  /// It has another size.
  case resized
  /// Somebody wants the process to stop for a while.
  case suspensionAsked
  /// The process goes on after it was stopped.
  case continued
  case ending(Ending)
  /// No more keys will come: the terminal is gone.
  case closed
}
