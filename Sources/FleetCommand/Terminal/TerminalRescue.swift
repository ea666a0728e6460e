internal import Glibc
internal import Synchronization

/// Gives a terminal back when a signal ends the process that has it, whatever the signal.
///
/// It stands in for what a signal does by itself: first the terminal is as it was before, then the signal does that. A
/// process has one terminal at most.
enum TerminalRescue {
  /// Signals that by themselves do not end a process, or cannot be caught.
  private static let others = [SIGCHLD, SIGCONT, SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH]
  /// Signals of crashes: whoever handles them otherwise, such as the runtime that tells where it was, goes on to do so.
  private static let crashes = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP]

  /// From now on a terminal is given back, until `disarm`.
  ///
  /// - Parameters:
  ///   - keys: the terminal whose settings are restored.
  ///   - settings: those to restore.
  ///   - screen: where `farewell` is written.
  static func arm(_ keys: Int32, settings: termios, screen: ScreenFile, farewell: String) {
    var charge = rescueCharge
    if charge == nil {
      charge = UnsafeMutablePointer<RescueCharge>.allocate(capacity: 1)
      charge?.initialize(to: RescueCharge(screen: screen))
    }
    guard let charge else { return }
    charge.pointee.keys = keys
    charge.pointee.settings = settings
    charge.pointee.screen = screen
    let bytes = Array(farewell.utf8.prefix(RescueCharge.farewellCapacity))
    charge.pointee.farewell.update(from: bytes, count: bytes.count)
    charge.pointee.farewellCount = bytes.count
    rescueAddress.store(UInt(bitPattern: charge), ordering: .sequentiallyConsistent)
    rescueIsArmed.store(true, ordering: .sequentiallyConsistent)
    for number in 1..<RescueCharge.signals where !others.contains(number) {
      var before = sigaction()
      let isDefault = sigaction(number, nil, &before) == 0 && before.__sigaction_handler.sa_handler == nil
      guard isDefault || crashes.contains(number) && !SignalPipe.isIgnored(number) else { continue }
      charge.pointee.before[Int(number)] = before
      charge.pointee.isCaught[Int(number)] = true
      take(number)
    }
  }

  /// From now on signals do what they did before.
  static func disarm() {
    guard let charge = rescueCharge else { return }
    for number in 1..<RescueCharge.signals where charge.pointee.isCaught[Int(number)] {
      sigaction(number, charge.pointee.before + Int(number), nil)
      charge.pointee.isCaught[Int(number)] = false
    }
    rescueIsArmed.store(false, ordering: .sequentiallyConsistent)
  }

  /// Has a signal give the terminal back and then do what it does by itself.
  ///
  /// Safe in a signal handler.
  static func take(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = rescueTerminal
    // A crash may have used up the stack it happened on.
    action.sa_flags = SA_ONSTACK
    sigaction(number, &action, nil)
  }
}

/// What a handler needs, prepared beforehand and never freed: it may neither allocate nor wait for a lock.
private struct RescueCharge {
  /// How many signals Linux has, and one.
  static let signals: Int32 = 65
  static let farewellCapacity = 64

  var keys: Int32 = -1
  var settings = termios()
  var screen: ScreenFile
  let farewell = UnsafeMutablePointer<UInt8>.allocate(capacity: farewellCapacity)
  var farewellCount = 0
  /// What signals did before, by number.
  let before = UnsafeMutablePointer<sigaction>.allocate(capacity: Int(signals))
  let isCaught = UnsafeMutablePointer<Bool>.allocate(capacity: Int(signals))

  init(screen: ScreenFile) {
    self.screen = screen
    before.initialize(repeating: sigaction(), count: Int(Self.signals))
    isCaught.initialize(repeating: false, count: Int(Self.signals))
  }
}

/// The address of the charge; 0 when there never was a terminal.
private let rescueAddress = Atomic<UInt>(0)
private let rescueIsArmed = Atomic<Bool>(false)

private var rescueCharge: UnsafeMutablePointer<RescueCharge>? {
  UnsafeMutablePointer(bitPattern: rescueAddress.load(ordering: .sequentiallyConsistent))
}

/// Runs as a signal handler: it may do no more than what is safe there.
private func rescueTerminal(_ number: Int32) {
  guard let charge = rescueCharge else { return SignalPipe.letGo(number) }
  // What belongs to another job is not touched.
  if rescueIsArmed.load(ordering: .sequentiallyConsistent), RawMode.isOwn(charge.pointee.keys) {
    let farewell = UnsafeRawBufferPointer(start: charge.pointee.farewell, count: charge.pointee.farewellCount)
    charge.pointee.screen.writeLast(farewell)
    while tcsetattr(charge.pointee.keys, TCSANOW, &charge.pointee.settings) != 0 && errno == EINTR {}
  }
  sigaction(number, charge.pointee.before + Int(number), nil)
  // It comes when this handler has returned.
  raise(number)
}
