internal import Fleet
internal import JSON
internal import Logging

/// One line of the log, before it is written in one style or another.
struct LogLine {
  /// One thing told beside the message.
  struct Field {
    var name: String
    var text: String
  }

  var time: Timestamp
  var level: Logger.Level
  var message: String
  var fields: [Field]

  /// The line without its end.
  func rendered(as style: LogStyle) -> [UInt8] {
    let details = { fields.map { " \($0.name)=\(Self.oneLine($0.text))" }.joined() }
    switch style {
    case .text(let usesColor):
      let word = usesColor ? "\u{1B}[\(level.color)m\(level.rawValue)\u{1B}[0m" : level.rawValue
      return Array("\(time.rfc3339) \(word) \(Self.oneLine(message))\(details())".utf8)
    case .journal:
      return Array("<\(level.priority)>\(Self.oneLine(message))\(details())".utf8)
    case .json:
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("time")
      writer.string(time.rfc3339)
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

extension Logger.Level {
  /// The priority of syslog(3) that the journal files it under.
  fileprivate var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// The colour's number on a terminal, legible on light and on dark.
  fileprivate var color: Int {
    switch self {
    case .trace, .debug: 90
    case .info: 32
    case .notice: 36
    case .warning: 33
    case .error, .critical: 31
    }
  }
}
