/// Holds whoever comes until it is opened.
final class Gate: Sendable {
  private let stream: AsyncStream<Never>
  private let continuation: AsyncStream<Never>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  /// Lets everyone through from now on.
  func open() { continuation.finish() }

  /// Returns when the gate is open, or the calling task is cancelled.
  func passage() async { for await _ in stream {} }
}
