internal import FleetClient

/// What stands before an account in a live view: what the last refresh does or did about it.
enum WatchMark: Sendable, Equatable {
  case none
  /// It is being asked for.
  case waiting
  /// It has a new sample.
  case done
  /// Its sample was recent enough.
  case fresh
  /// It is left alone for a while.
  case delayed
  case failed

  /// How wide every mark is, with the blank behind it.
  static let columns = 2

  /// The marks of accounts, in their order.
  static func marks(of ids: [String], in refresh: WatchState.Refresh) -> [WatchMark] {
    switch refresh {
    case .none, .failed: return ids.map { _ in .none }
    case .running(let progress, _): return ids.map { WatchMark(progress.step(of: $0)) }
    case .ended(let result, _):
      let kinds = Dictionary(result.outcomes.map { ($0.accountID, $0.kind) }) { first, _ in first }
      return ids.map { WatchMark(kinds[$0]) }
    }
  }

  private init(_ step: RefreshProgress.Step?) {
    switch step {
    case .waiting?: self = .waiting
    case .done?: self = .done
    case .leftOut?, nil: self = .none
    }
  }

  private init(_ kind: FleetClient.Outcome.Kind?) {
    switch kind {
    case .written?: self = .done
    case .fresh?: self = .fresh
    case .coolingDown?: self = .delayed
    case .failed?, .rejected?: self = .failed
    default: self = .none
    }
  }

  /// The mark and a blank.
  func text(_ style: Style) -> StyledText {
    switch self {
    case .none: "  "
    case .waiting: style.usesUnicode ? "· " : ". "
    case .done: StyledText(style.usesUnicode ? "✓ " : "+ ", look: .green)
    case .fresh: "= "
    case .delayed: StyledText("! ", look: .yellow)
    case .failed: StyledText(style.usesUnicode ? "✗ " : "x ", look: .red)
    }
  }
}
