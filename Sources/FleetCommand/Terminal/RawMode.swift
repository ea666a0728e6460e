internal import Glibc
internal import NIOConcurrencyHelpers

/// A terminal whose keys come one by one, unseen and without a meaning of their own; what it was before comes back
/// exactly once.
final class RawMode: Sendable {
  private let file: Int32
  /// The settings from before; nil when there is nothing to restore.
  private let original = NIOLockedValueBox<termios?>(nil)

  /// - Parameter file: an open terminal; it has to stay open.
  init(_ file: Int32) { self.file = file }

  /// Switches it on, also when somebody has switched it off meanwhile.
  ///
  /// - Throws: `CommandFailure` also for a job in the background: the terminal then belongs to the shell or another job,
  ///   and nobody would stop this one, because the threads that use the terminal take no signals.
  func enter() throws(CommandFailure) {
    let owner = tcgetpgrp(file)
    guard owner <= 0 || owner == getpgrp() else {
      throw CommandFailure(.failed, "the terminal belongs to another job now; start this one in the foreground")
    }
    let isSet = original.withLockedValue { original in
      var settings = termios()
      if let known = original {
        settings = known
      } else {
        guard tcgetattr(file, &settings) == 0 else { return false }
        original = settings
      }
      cfmakeraw(&settings)
      return Self.set(settings, on: file)
    }
    guard isSet else {
      let reason = String(cString: strerror(errno))
      throw CommandFailure(.failed, "cannot take the terminal: \(reason)")
    }
  }

  /// Restores what was before.
  func leave() {
    original.withLockedValue { original in
      guard let settings = original else { return }
      original = nil
      _ = Self.set(settings, on: file)
    }
  }

  deinit { leave() }

  private static func set(_ settings: termios, on file: Int32) -> Bool {
    var settings = settings
    while tcsetattr(file, TCSANOW, &settings) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }
}
