/// How a table is drawn.
struct Style: Sendable, Equatable {
  /// How many columns there are; nil for as many as it takes.
  var columns: Int?
  /// Whether shares are drawn as bars.
  var drawsBars: Bool
  /// Whether colours are used.
  var usesColor: Bool
  /// Whether signs beyond ASCII are used; names are shown as they are in any case.
  var usesUnicode: Bool

  /// For other programs: always the same, whatever the environment is.
  static let plain = Style(columns: nil, drawsBars: false, usesColor: false, usesUnicode: false)

  /// For a terminal.
  static func terminal(columns: Int, usesColor: Bool = true, usesUnicode: Bool = true) -> Style {
    Style(columns: columns, drawsBars: true, usesColor: usesColor, usesUnicode: usesUnicode)
  }

  /// For what is unknown or hidden.
  var nothing: String { usesUnicode ? "–" : "-" }
  /// For the rest of a text that is too long.
  var ellipsis: String { usesUnicode ? "…" : "..." }
  /// Between the parts of a line.
  var separator: String { usesUnicode ? " · " : ", " }
}

extension Style {
  /// What a stream can show.
  init(of stream: OutputStream, environment: [String: String], allowsColor: Bool) {
    guard stream.isTerminal else {
      self = .plain
      return
    }
    let isColorless = environment["TERM"] == "dumb" || environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    self = .terminal(
      columns: stream.columns ?? 80, usesColor: allowsColor && !isColorless, usesUnicode: Self.hasUnicode(environment))
  }

  /// Whether the locale's characters are encoded in UTF-8.
  static func hasUnicode(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let letters = (locale ?? "").lowercased().filter { $0.isLetter || $0.isNumber }
    return letters.contains("utf8")
  }
}
