/// Metrics in the text-based exposition format of Prometheus, version 0.0.4.
struct PrometheusText: Sendable {
  /// One value with its labels.
  struct Sample: Sendable {
    var labels: [(name: String, value: String)]
    var value: Double

    init(_ value: Double, _ labels: (String, String)...) {
      self.value = value
      self.labels = labels.map { (name: $0.0, value: $0.1) }
    }
  }

  /// All lines.
  private(set) var text = ""

  /// Adds a gauge with all its samples; nothing when there are none.
  ///
  /// - Parameters:
  ///   - name: a valid metric name.
  ///   - help: one line, without backslashes.
  mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
      text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(sample.value))\n"
    }
  }

  private static func escaped(_ value: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": escaped.append(contentsOf: #"\\"#.unicodeScalars)
      case "\"": escaped.append(contentsOf: #"\""#.unicodeScalars)
      case "\n": escaped.append(contentsOf: #"\n"#.unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// Whole numbers without a fraction, as everybody writes them.
  private static func number(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }
}
