internal import Glibc
internal import NIOConcurrencyHelpers
internal import Synchronization

/// Signals as bytes in a pipe, for whoever waits for several things at a time.
///
/// A process has one at most. Signals that end it are caught once: the second one goes to `TerminalRescue`, so that a
/// program that hangs can be ended all the same.
final class SignalPipe: Sendable {
  /// Where the signals' numbers can be read, each as one byte.
  let output: Int32
  private let input: Int32
  /// Those that are caught now.
  private let caught: NIOLockedValueBox<[Int32]>

  /// Catches signals until this is closed.
  init(_ numbers: [Int32]) throws(CommandFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw CommandFailure(.failed, "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (output, input) = (ends[0], ends[1])
    caught = NIOLockedValueBox(numbers)
    signalPipeInput.store(input, ordering: .sequentiallyConsistent)
    for number in numbers { hold(number) }
  }

  /// Catches a signal again that was let go.
  func hold(_ number: Int32) { Self.handle(number, with: forwardSignal, flags: SA_RESTART) }

  /// Catches a signal once.
  func holdOnce(_ number: Int32) { Self.handle(number, with: forwardSignalOnce, flags: SA_RESTART) }

  /// Lets a signal do what it does by itself.
  static func letGo(_ number: Int32) { handle(number, with: SIG_DFL, flags: 0) }

  /// Has a signal do to this process what it does by itself, before it returns.
  static func die(of number: Int32) {
    letGo(number)
    // The threads that tasks run on take no signals.
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
  }

  /// Lets all go.
  func close() {
    let numbers = caught.withLockedValue { caught in
      defer { caught = [] }
      return caught
    }
    for number in numbers { Self.letGo(number) }
  }

  deinit {
    close()
    signalPipeInput.store(-1, ordering: .sequentiallyConsistent)
    Glibc.close(input)
    Glibc.close(output)
  }

  /// Whether a signal is one that the process was started to ignore, as by nohup. It stays so, unless ignoring it is
  /// what it does by itself.
  static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard ![SIGCONT, SIGWINCH].contains(number), sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func handle(_ number: Int32, with handler: (@convention(c) (Int32) -> Void)?, flags: Int32) {
    guard !isIgnored(number) else { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = flags
    sigaction(number, &action, nil)
  }
}

/// Where the handler writes to; -1 for nowhere.
private let signalPipeInput = Atomic<Int32>(-1)

/// Runs as a signal handler: it may do no more than what is safe there.
private func forwardSignal(_ number: Int32) {
  let error = errno
  var byte = UInt8(truncatingIfNeeded: number)
  // When the pipe is full there is enough to read.
  _ = write(signalPipeInput.load(ordering: .sequentiallyConsistent), &byte, 1)
  errno = error
}

/// Runs as a signal handler.
private func forwardSignalOnce(_ number: Int32) {
  let error = errno
  TerminalRescue.take(number)
  errno = error
  forwardSignal(number)
}
