internal import Logging

/// The line that tells of a call in the log, at debug level.
struct CallRecord {
  /// The code of a call that has succeeded.
  static let success = "ok"

  private let logger: Logger
  /// Nil where nobody reads what would be written.
  private let start: ContinuousClock.Instant?

  /// The call begins.
  init(_ logger: Logger) {
    self.logger = logger
    start = logger.logLevel <= .debug ? .now : nil
  }

  /// The call has ended; the method's name is a published one, or `unknown`.
  func write(_ method: String, code: String) {
    guard let start else { return }
    logger.debug(
      "call",
      metadata: ["method": "\(method)", "code": "\(code)", "duration": "\(ContinuousClock.now - start)"])
  }
}
