internal import ArgumentParser

/// What a command can print its result as.
protocol OutputFormat: CaseIterable, Equatable, ExpressibleByArgument, RawRepresentable, Sendable
where RawValue == String {
  /// For people.
  static var table: Self { get }
  /// The result object as it was received.
  static var json: Self { get }
}

/// What a summary can be printed as.
enum SummaryFormat: String, OutputFormat {
  case table
  case json
  /// An account per line, each as it was received.
  case jsonl
  case csv
  /// Metrics in the text format of Prometheus.
  case prometheus
}

/// What a refresh can be printed as.
enum RefreshFormat: String, OutputFormat {
  case table
  case json
  /// An outcome per line, each as it was received.
  case jsonl
  case csv
}
