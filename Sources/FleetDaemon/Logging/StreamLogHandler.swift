internal import Fleet
internal import Logging

/// Writes log lines to a stream, as the settings say.
struct StreamLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  private let stream: LogStream
  private let settings: LogSettings
  private let clock: any FleetClock
  private var ownLevel: Logger.Level?

  init(_ stream: LogStream, _ settings: LogSettings, clock: any FleetClock) {
    self.stream = stream
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
    stream.write(line.rendered(as: settings.current.style) + [UInt8(ascii: "\n")])
  }
}

extension LogStream {
  /// The log on a file; what is lost is told in the style of the rest.
  convenience init(_ file: Int32, _ settings: LogSettings, clock: any FleetClock) {
    self.init(file) { lostLines in
      let line = LogLine(
        time: clock.now, level: .warning, message: "lines of the log were lost here, for it is read too slowly",
        fields: [LogLine.Field(name: "lines", text: "\(lostLines)")])
      return line.rendered(as: settings.current.style) + [UInt8(ascii: "\n")]
    }
  }
}
