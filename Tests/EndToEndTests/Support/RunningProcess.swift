import Foundation
import NIOConcurrencyHelpers
import Subprocess
import SystemPackage

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
      var waiters: [(isSatisfied: @Sendable (String) -> Bool, answer: AsyncStream<Bool>.Continuation)] = []
    }

    private let state = NIOLockedValueBox(State())

    var text: String { state.withLockedValue { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Reads a stream to its end.
    fileprivate func follow(_ stream: SubprocessOutputSequence) async {
      do {
        for try await buffer in stream { advance(by: buffer.withUnsafeBytes { Data($0) }) }
      } catch {
        // A stream that cannot be read has ended.
      }
      advance(by: Data())
    }

    /// Waits until the text so far satisfies a condition.
    ///
    /// - Returns: false when the stream ended first, or the waiting task was cancelled.
    func wait(until isSatisfied: @escaping @Sendable (String) -> Bool) async -> Bool {
      let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
      state.withLockedValue { state in
        if isSatisfied(String(decoding: state.bytes, as: UTF8.self)) {
          answer.yield(true)
        } else if state.hasEnded {
          answer.yield(false)
        } else {
          state.waiters.append((isSatisfied, answer))
        }
      }
      return await answers.first { _ in true } ?? false
    }

    private func advance(by data: Data) {
      let answers = state.withLockedValue { state in
        state.bytes.append(data)
        state.hasEnded = state.hasEnded || data.isEmpty
        let text = String(decoding: state.bytes, as: UTF8.self)
        var answers: [(AsyncStream<Bool>.Continuation, Bool)] = []
        state.waiters.removeAll { waiter in
          let isSatisfied = waiter.isSatisfied(text)
          guard isSatisfied || state.hasEnded else { return false }
          answers.append((waiter.answer, isSatisfied))
          return true
        }
        return answers
      }
      for (waiter, answer) in answers { waiter.yield(answer) }
    }
  }

  let output = Output()
  let errors = Output()
  /// The process's number.
  let identifier: Int32
  private let hasEnded: NIOLockedValueBox<Bool>
  private let end: Task<Int32, Never>

  /// Starts a program with exactly these arguments and this environment, and returns when it runs. Only what
  /// watches it from inside is told more.
  ///
  /// `Foundation.Process` would do, were it not that starting several at once brings it down on Linux: it reads past
  /// the end of the list of open files.
  init(_ program: URL, _ arguments: [String], environment: [String: String]) async throws {
    let (starts, start) = AsyncThrowingStream.makeStream(of: Int32.self)
    let hasEnded = NIOLockedValueBox(false)
    let (output, errors) = (output, errors)
    let variables = BuiltProducts.instrumentation.merging(environment) { $1 }
    let environment = Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })
    end = Task {
      do {
        let result = try await Subprocess.run(
          .path(FilePath(program.path)), arguments: Arguments(arguments), environment: .custom(environment),
          input: .none, output: .sequence, error: .sequence
        ) { execution in
          start.yield(execution.processIdentifier.value)
          async let outputEnd: Void = output.follow(execution.standardOutput)
          await errors.follow(execution.standardError)
          await outputEnd
        }
        hasEnded.withLockedValue { $0 = true }
        switch result.terminationStatus {
        case .exited(let status): return status
        // A death by signal shows as shells show it.
        case .signaled(let number): return 128 + number
        }
      } catch {
        hasEnded.withLockedValue { $0 = true }
        start.finish(throwing: error)
        return -1
      }
    }
    self.hasEnded = hasEnded
    var started = starts.makeAsyncIterator()
    guard let identifier = try await started.next() else {
      end.cancel()
      throw CancellationError()
    }
    self.identifier = identifier
  }

  /// Sends a signal.
  func signal(_ number: Int32) {
    hasEnded.withLockedValue { hasEnded in
      if !hasEnded { kill(identifier, number) }
    }
  }

  /// Waits for the end: the exit status, 128 and the signal's number after a death by signal. All output is there then.
  ///
  /// A task that is cancelled meanwhile, as one is at the suite's time limit, ends the program.
  func waitForEnd() async -> Int32 {
    let status = await withTaskCancellationHandler {
      await end.value
    } onCancel: {
      signal(SIGKILL)
    }
    LogAudit.check(errors.text)
    return status
  }

  deinit { signal(SIGKILL) }

  /// Runs a program to its end.
  static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let process = try await RunningProcess(program, arguments, environment: environment)
    let status = await process.waitForEnd()
    return (status, process.output.text, process.errors.text)
  }
}
