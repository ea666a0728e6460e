/// What the lines of a summary have room for.
struct SummaryLayout: Sendable, Equatable {
  /// The most that a name takes.
  var nameColumns = 6
  /// Whether the status is told.
  var hasStatus = false
  /// How long the bars are; 0 for none.
  var barColumns = 0
  /// How the resets are told.
  var reset = WindowColumn.Reset.none
  var status = WordForm.short
  /// How a month is marked that stands among weeks.
  var month = WordForm.short
  var hasPlan = false
  /// How the age of the sample is told; nil for not at all.
  var sample: WordForm?

  /// Everything in full, without bars: what other programs read.
  static let unabridged = SummaryLayout(
    nameColumns: .max, hasStatus: true, reset: .short, status: .full, month: .full, hasPlan: true, sample: .full)

  /// From the tightest to the roomiest.
  ///
  /// Each has all that the one before it has, and something more: a wider terminal never shows less.
  static let all = gains.reduce(into: [SummaryLayout()]) { layouts, gain in
    var layout = layouts[layouts.endIndex - 1]
    gain(&layout)
    layouts.append(layout)
  }

  /// What a line gains with more room, the most wanted first.
  private static let gains: [@Sendable (inout SummaryLayout) -> Void] = [
    { $0.hasStatus = true }, { $0.nameColumns = 8 }, { $0.nameColumns = 10 }, { $0.barColumns = 4 },
    { $0.reset = .compact },
    { $0.hasPlan = true }, { $0.sample = .short }, { $0.nameColumns = 12 }, { $0.nameColumns = 14 },
    { $0.status = .full }, { $0.month = .full }, { $0.barColumns = 5 }, { $0.barColumns = 6 },
    { $0.nameColumns = 16 }, { $0.nameColumns = 18 }, { $0.nameColumns = 20 }, { $0.sample = .full },
    { $0.reset = .short }, { $0.barColumns = 8 }, { $0.nameColumns = 24 }, { $0.barColumns = 10 },
    { $0.nameColumns = 28 }, { $0.nameColumns = 32 }, { $0.nameColumns = 40 }, { $0.reset = .sentence },
    { $0.barColumns = 12 }, { $0.barColumns = 14 }, { $0.barColumns = 16 }, { $0.barColumns = 18 },
    { $0.barColumns = 20 }, { $0.nameColumns = 60 }, { $0.nameColumns = .max },
  ]
}
