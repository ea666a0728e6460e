import Logging
import NIOConcurrencyHelpers

/// Keeps what was logged, as text.
final class LogRecorder: Sendable {
  private let recorded = NIOLockedValueBox<[String]>([])

  /// One text per entry: level, message, metadata.
  var entries: [String] { recorded.withLockedValue { $0 } }

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(recorder: self) }
    logger.logLevel = .trace
    return logger
  }

  private struct Handler: LogHandler {
    let recorder: LogRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let metadata = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
      let text = metadata.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      recorder.recorded.withLockedValue { $0.append("\(event.level) \(event.message) \(text)") }
    }
  }
}
