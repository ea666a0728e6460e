internal import Fleet
internal import Glibc
internal import JSON
internal import Logging

/// Writes log lines to standard error, each with one `write`, so that lines of several threads never mix.
struct StandardErrorLogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  private let format: LogFormat
  private let clock: any FleetClock

  init(level: Logger.Level, format: LogFormat, clock: any FleetClock) {
    self.format = format
    self.clock = clock
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let given = event.metadata { all.merge(given) { _, new in new } }
    let fields = all.sorted { $0.key < $1.key }.map { (name: $0.key, text: "\($0.value)") }
    var line = render(level: event.level, message: "\(event.message)", fields: fields)
    line.append(UInt8(ascii: "\n"))
    line.withUnsafeBytes { bytes in
      // A log that cannot be written has nobody left to be told.
      _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }

  /// The line without its end.
  func render(level: Logger.Level, message: String, fields: [(name: String, text: String)]) -> [UInt8] {
    switch format {
    case .text:
      let details = fields.map { " \($0.name)=\(Self.oneLine($0.text))" }.joined()
      return Array("\(clock.now.rfc3339) \(level.rawValue) \(Self.oneLine(message))\(details)".utf8)
    case .json:
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("time")
      writer.string(clock.now.rfc3339)
      writer.key("level")
      writer.string(level.rawValue)
      writer.key("message")
      writer.string(message)
      for field in fields {
        writer.key(field.name)
        writer.string(field.text)
      }
      writer.endObject()
      return writer.bytes
    }
  }

  /// The text with control characters escaped, so that nothing that is logged can forge a line or steer a terminal.
  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      if scalar.properties.generalCategory == .control {
        line += scalar.escaped(asASCII: true)
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
  }
}
