import Foundation
import NIOConcurrencyHelpers

/// A program under test, running as a process of its own, with everything it prints kept.
final class RunningProcess: Sendable {
  struct EndedEarly: Error, CustomStringConvertible {
    let description: String
  }

  /// What a process printed on one stream, as far as it has come.
  final class Output: Sendable {
    private struct State {
      var bytes = Data()
      var hasEnded = false
      var waiters: [(isSatisfied: @Sendable (String) -> Bool, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = NIOLockedValueBox(State())

    var text: String { state.withLockedValue { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Reads a pipe to its end on a thread of its own.
    ///
    /// A handle's `readabilityHandler` would do, were it not that ending several of them at once brings libdispatch
    /// down on Linux.
    fileprivate func follow(_ pipe: Pipe) {
      DispatchQueue(label: "running-process.output").async { [self] in
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
          let count = read(descriptor, &buffer, buffer.count)
          if count < 0, errno == EINTR { continue }
          advance(by: Data(buffer.prefix(max(0, count))))
          if count <= 0 { break }
        }
        withExtendedLifetime(pipe) {}
      }
    }

    /// Waits until the text so far satisfies a condition.
    ///
    /// - Returns: false when the stream ended first.
    func wait(until isSatisfied: @escaping @Sendable (String) -> Bool) async -> Bool {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLockedValue { state in
          if isSatisfied(String(decoding: state.bytes, as: UTF8.self)) { return true }
          if state.hasEnded { return false }
          state.waiters.append((isSatisfied, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    }

    private func advance(by data: Data) {
      let resumed = state.withLockedValue { state in
        state.bytes.append(data)
        state.hasEnded = state.hasEnded || data.isEmpty
        let text = String(decoding: state.bytes, as: UTF8.self)
        var resumed: [(CheckedContinuation<Bool, Never>, Bool)] = []
        state.waiters.removeAll { waiter in
          let isSatisfied = waiter.isSatisfied(text)
          guard isSatisfied || state.hasEnded else { return false }
          resumed.append((waiter.continuation, isSatisfied))
          return true
        }
        return resumed
      }
      for (continuation, answer) in resumed { continuation.resume(returning: answer) }
    }
  }

  let output = Output()
  let errors = Output()
  private let process: NIOLockedValueBox<Process>
  private let end: Task<Int32, Never>

  /// Starts a program with exactly these arguments and this environment.
  init(_ program: URL, _ arguments: [String], environment: [String: String]) throws {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = environment
    let outputPipe = Pipe()
    let errorPipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = outputPipe
    process.standardError = errorPipe
    let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { process in
      // A death by signal shows as shells show it.
      let status = process.terminationStatus
      continuation.yield(process.terminationReason == .uncaughtSignal ? 128 + status : status)
      continuation.finish()
    }
    end = Task { await ended.first { _ in true } ?? -1 }
    try process.run()
    self.process = NIOLockedValueBox(process)
    output.follow(outputPipe)
    errors.follow(errorPipe)
  }

  /// Sends a signal.
  func signal(_ number: Int32) {
    let identifier = process.withLockedValue { $0.isRunning ? $0.processIdentifier : 0 }
    if identifier > 0 { kill(identifier, number) }
  }

  /// Waits for the end: the exit status, 128 and the signal's number after a death by signal. All output is there then.
  func waitForEnd() async -> Int32 {
    let status = await end.value
    _ = await output.wait { _ in false }
    _ = await errors.wait { _ in false }
    LogAudit.check(errors.text)
    return status
  }

  /// The process's number.
  var identifier: Int32 { process.withLockedValue { $0.processIdentifier } }

  deinit { signal(SIGKILL) }

  /// Runs a program to its end.
  static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let process = try RunningProcess(program, arguments, environment: environment)
    let status = await process.waitForEnd()
    return (status, process.output.text, process.errors.text)
  }
}
