internal import FleetClient

/// What a refresh did, as a table.
struct RefreshTable: Sendable {
  private let outcomes: [FleetClient.Outcome]
  private let names: [String: String]
  private let isNarrowed: Bool
  private let style: Style
  private let now: Int64

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - names: the accounts' names by their ids; an account without one is shown by its id.
  ///   - isNarrowed: whether only some accounts were asked for.
  init(
    _ result: FleetClient.RefreshResult, names: [String: String], isNarrowed: Bool = false, style: Style, now: Int64
  ) {
    outcomes = result.outcomes
    self.names = names
    self.isNarrowed = isNarrowed
    self.style = style
    self.now = now
  }

  /// The lines; nothing without accounts.
  var text: String {
    guard !outcomes.isEmpty else { return "" }
    let full = table(sample: .full)
    guard let columns = style.columns, !full.fits(into: columns, keeping: 20) else { return full.text(style) }
    let short = table(sample: .short)
    return (short.fits(into: columns, keeping: 12) ? short : table(sample: nil)).text(style)
  }

  /// The table, with the age of the samples in so many words; without it for nil.
  private func table(sample form: WordForm?) -> TextTable {
    let rows = outcomes.map { outcome in
      [
        StyledText(PrintableText.of(names[outcome.accountID] ?? outcome.accountID)),
        StyledText(outcome.words(now: now), look: Self.color(of: outcome.kind)),
      ] + (form.map { [StyledText(sampleAge(of: outcome, $0))] } ?? [])
    }
    return TextTable(["ACCOUNT", "OUTCOME"] + (form == nil ? [] : ["SAMPLE"]), rows: rows)
  }

  private func sampleAge(of outcome: FleetClient.Outcome, _ form: WordForm) -> String {
    outcome.observedAt.map { DurationWords.ago(now - $0.unixSeconds, form) } ?? style.nothing
  }

  /// How many accounts had which outcome, and what to do about those that need it.
  var footer: String {
    guard !outcomes.isEmpty else {
      return "No accounts to refresh: this key sees none\(isNarrowed ? " of those that were asked for" : "").\n"
    }
    return "\n" + Self.counts(of: outcomes) + "\n" + note
  }

  /// How many accounts had which outcome: `3 written, 1 failed`.
  static func counts(of outcomes: [FleetClient.Outcome]) -> String {
    let known: [FleetClient.Outcome.Kind] = [.written, .fresh, .coolingDown, .skipped, .rejected, .failed]
    let unknown = Set(outcomes.map(\.kind)).subtracting(known).sorted { $0.rawValue < $1.rawValue }
    return (known + unknown).compactMap { kind in
      let count = outcomes.count { $0.kind == kind }
      return count == 0 ? nil : "\(count) \(kind.words)"
    }.joined(separator: ", ")
  }

  /// What to do where only a new login helps.
  private var note: String {
    guard outcomes.contains(where: \.needsLogin) else { return "" }
    return """
      To sign in again:
        CODEX_HOME=DIR codex login && codex-fleetd account import DIR/auth.json
        (the accounts of a codex-lb: in codex-lb)

      """
  }

  private static func color(of kind: FleetClient.Outcome.Kind) -> StyledText.Look? {
    switch kind {
    case .written: .green
    case .coolingDown: .yellow
    case .failed, .rejected: .red
    default: nil
    }
  }
}
