/// Where text goes.
struct OutputStream: Sendable {
  /// What became of a text.
  enum Writing: Sendable {
    /// It was written.
    case done
    /// Its reader has gone and needs nothing more.
    case unwanted
    /// It could not be written, for a reason in words.
    case failed(String)
  }

  /// Whether a person is likely to look at it.
  var isTerminal: Bool
  /// How wide the terminal is; nil when unknown or none.
  var columns: Int?
  /// How high the terminal is; nil when unknown or none.
  var rows: Int?
  private let reader: @Sendable () -> Bool
  private let sink: @Sendable (String) -> Writing

  /// - Parameter reader: whether somebody is left to read.
  init(
    isTerminal: Bool, columns: Int?, rows: Int? = nil, reader: @escaping @Sendable () -> Bool = { true },
    sink: @escaping @Sendable (String) -> Writing
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.rows = rows
    self.reader = reader
    self.sink = sink
  }

  /// Whether somebody may still read what is written.
  var hasReader: Bool { reader() }

  /// Writes a text whole.
  @discardableResult
  func write(_ text: String) -> Writing { sink(text) }
}
