internal import Logging
internal import NIOConcurrencyHelpers

/// What all of the daemon's loggers go by; a reload changes it for every one of them at once.
final class LogSettings: Sendable {
  struct Values: Hashable, Sendable {
    /// The least severe level that is logged.
    var level: Logger.Level
    var style: LogStyle
  }

  private let values: NIOLockedValueBox<Values>

  init(_ values: Values) { self.values = NIOLockedValueBox(values) }

  var current: Values {
    get { values.withLockedValue { $0 } }
    set { values.withLockedValue { $0 = newValue } }
  }
}

extension LogSettings.Values {
  /// What the settings say.
  init(_ configuration: DaemonConfiguration, environment: [String: String]) {
    self.init(
      level: configuration.logLevel, style: LogStyle(configuration.logFormat, environment: environment))
  }
}
