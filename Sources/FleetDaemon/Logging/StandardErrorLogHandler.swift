internal import Fleet
internal import Glibc
internal import Logging

/// Writes log lines to standard error, each with one `write`, so that lines of several threads never mix.
struct StandardErrorLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  private let settings: LogSettings
  private let clock: any FleetClock
  private var ownLevel: Logger.Level?

  init(_ settings: LogSettings, clock: any FleetClock) {
    self.settings = settings
    self.clock = clock
  }

  /// The level of all loggers, unless this one was given its own.
  var logLevel: Logger.Level {
    get { ownLevel ?? settings.current.level }
    set { ownLevel = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let given = event.metadata { all.merge(given) { _, new in new } }
    let line = LogLine(
      time: clock.now, level: event.level, message: "\(event.message)",
      fields: all.sorted { $0.key < $1.key }.map { LogLine.Field(name: $0.key, text: "\($0.value)") })
    var bytes = line.rendered(as: settings.current.style)
    bytes.append(UInt8(ascii: "\n"))
    bytes.withUnsafeBytes { bytes in
      // A log that cannot be written has nobody left to be told.
      _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
