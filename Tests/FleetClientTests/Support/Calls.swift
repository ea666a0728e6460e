import NIOConcurrencyHelpers

/// Calls that a script has put aside, for the test to deal with.
final class Calls: Sendable {
  private let stream: AsyncStream<ScriptedDaemon.Call>
  private let continuation: AsyncStream<ScriptedDaemon.Call>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(of: ScriptedDaemon.Call.self) }

  /// Puts a call aside.
  func put(_ call: ScriptedDaemon.Call) { continuation.yield(call) }

  /// The next `count` calls, when they have come.
  func take(_ count: Int) async -> [ScriptedDaemon.Call] {
    var taken: [ScriptedDaemon.Call] = []
    for await call in stream {
      taken.append(call)
      if taken.count == count { break }
    }
    return taken
  }
}
