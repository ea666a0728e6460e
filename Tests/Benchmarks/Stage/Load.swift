internal import CLoadGenerator
internal import Foundation
internal import Histogram

/// What a load generator saw of a server, and what the server used meanwhile.
struct Load: Sendable {
  /// Calls that were made and recorded.
  let calls: Double
  /// Bytes of their answers.
  let bytes: Double
  /// How long that took.
  let seconds: Double
  /// How long each call took, in nanoseconds.
  let latencies: Histogram<UInt64>
  /// What the server's process used for one call, in microseconds on a core.
  let processorMicroseconds: Double

  /// Calls a second.
  var rate: Double { calls / seconds }

  /// A percentile of the latencies, in microseconds.
  func latency(_ percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1_000 }

  /// How a server is asked.
  struct Plan: Sendable {
    var connections = 1
    var seconds = 1.0
    /// Calls before anything is recorded.
    var warmUp = 200
    /// After how many calls it ends although the time is not over; 0 for no limit.
    var mostCalls = 0
    /// The time from one call's beginning to the next one's; 0 for at once. One connection only.
    var interval = 0.0
  }

  /// Asks a server from a thread of its own.
  static func run(
    _ call: FleetCall, at server: ServerProcess, _ plan: Plan, until flag: StopFlag? = nil
  ) async throws -> Load {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try runHere(call, at: server, plan, flag) }) }
    }
  }

  private final class Recorder {
    var latencies = Histogram<UInt64>(highestTrackableValue: 600_000_000_000, numberOfSignificantValueDigits: .three)
  }

  private static func runHere(
    _ call: FleetCall, at server: ServerProcess, _ plan: Plan, _ flag: StopFlag?
  ) throws -> Load {
    let recorder = Recorder()
    let before = server.figures.processorSeconds
    let result = server.socket.withCString { path in
      call.head.withCString { head in
        call.tail.withCString { tail in
          var loadPlan = load_plan(
            path: path, head: head, tail: tail, connections: Int32(plan.connections),
            warm_up_calls: UInt64(plan.warmUp), nanoseconds: UInt64(plan.seconds * 1e9),
            most_calls: UInt64(plan.mostCalls), interval_nanoseconds: UInt64(plan.interval * 1e9), core: Stage.loadCore,
            stop: flag.map { UnsafePointer($0.pointer) })
          return load_run(
            &loadPlan,
            { context, nanoseconds in
              guard let context else { return }
              Unmanaged<Recorder>.fromOpaque(context).takeUnretainedValue().latencies.record(nanoseconds)
            }, Unmanaged.passUnretained(recorder).toOpaque())
        }
      }
    }
    withExtendedLifetime(flag) {}
    guard result.fault == 0 else {
      throw BenchmarkFailure("the load broke off: \(String(cString: strerror(result.fault)))")
    }
    guard result.failures == 0 else { throw BenchmarkFailure("\(result.failures) calls were not answered by a result") }
    let used = server.figures.processorSeconds - before
    return Load(
      calls: Double(result.calls), bytes: Double(result.bytes), seconds: Double(result.nanoseconds) / 1e9,
      latencies: recorder.latencies, processorMicroseconds: used * 1e6 / Double(Int(result.calls) + plan.warmUp))
  }
}
