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
  /// A job in the background is stopped instead, as every program is that changes a terminal which belongs to the shell
  /// or another job; this returns when it is in the foreground.
  ///
  /// - Parameter prepare: is given the settings from before, before they are changed; not called when it is still on.
  func enter(_ prepare: (termios) -> Void = { _ in }) throws(CommandFailure) {
    let isSet = original.withLockedValue { original in
      var settings = termios()
      // It changes nothing, and yet is not for the background: the settings to restore are those of the foreground.
      guard Self.withStops({ tcflow(file, TCOON) }) == 0 else { return false }
      if let known = original {
        settings = known
      } else {
        guard tcgetattr(file, &settings) == 0 else { return false }
        prepare(settings)
        original = settings
      }
      cfmakeraw(&settings)
      return Self.withStops { Self.set(settings, on: file) }
    }
    guard isSet else {
      let reason = errno
      // Where no shell could continue it, it is not stopped.
      guard Self.isOwn(file) else {
        original.withLockedValue { $0 = nil }
        throw CommandFailure(.failed, "the terminal belongs to another job now; start this one in the foreground")
      }
      throw CommandFailure(.failed, "cannot take the terminal: \(String(cString: strerror(reason)))")
    }
  }

  /// Whether a terminal is not another job's.
  ///
  /// Safe in a signal handler.
  static func isOwn(_ file: Int32) -> Bool {
    let owner = tcgetpgrp(file)
    return owner <= 0 || owner == getpgrp()
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

  /// Lets the system stop the job where it uses a terminal that is not its own, and end it before it would be stopped
  /// again; the threads that tasks run on take no signals otherwise.
  private static func withStops<Result>(_ use: () -> Result) -> Result {
    var (taken, before) = (sigset_t(), sigset_t())
    sigemptyset(&taken)
    for number in [SIGTTOU, SIGHUP, SIGINT, SIGQUIT, SIGTERM] { sigaddset(&taken, number) }
    pthread_sigmask(SIG_UNBLOCK, &taken, &before)
    let result = use()
    let error = errno
    pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = error
    return result
  }

  private static func set(_ settings: termios, on file: Int32) -> Bool {
    var settings = settings
    while tcsetattr(file, TCSANOW, &settings) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }
}
