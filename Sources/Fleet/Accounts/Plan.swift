/// An account's subscription plan: one of the known plans, or whatever text the provider sent.
public struct Plan: Hashable, Sendable {
  /// The plans whose capacities are known.
  public enum Known: String, Sendable, CaseIterable {
    case free, plus, pro, prolite, team, business, enterprise, edu
  }

  /// The known plan this is, when it is one.
  public let known: Known?

  /// The plan's published name: the known plan's lower-case word, other text trimmed but otherwise as it stands,
  /// `unknown` for empty or absent text.
  public let name: String

  /// Reads a plan from stored or received text; case and surrounding white space do not matter for known plans.
  public init(_ text: String?) {
    let trimmed = (text ?? "").trimmingWhitespace()
    known = Known(rawValue: trimmed.lowercased())
    name = known?.rawValue ?? (trimmed.isEmpty ? "unknown" : trimmed)
  }

  /// Whether it is a known plan that is paid for.
  public var isKnownPaid: Bool { known.map { $0 != .free } ?? false }

  /// Whether no plan was ever learnt for the account.
  public var isUnknown: Bool { name == "unknown" }

  /// The plan's capacity in credits for a window, nil when the plan has no such window or is not known.
  public func capacity(of window: UsageWindow) -> Int? {
    guard let known else { return nil }
    switch (window, known) {
    case (.primary, .free): return 0
    case (.primary, .plus), (.primary, .business), (.primary, .team), (.primary, .edu): return 225
    case (.primary, .pro), (.primary, .enterprise): return 1_500
    case (.primary, .prolite): return 1_125
    case (.secondary, .free): return 1_134
    case (.secondary, .plus), (.secondary, .business), (.secondary, .team), (.secondary, .edu): return 7_560
    case (.secondary, .pro), (.secondary, .enterprise): return 50_400
    case (.secondary, .prolite): return 37_800
    case (.monthly, .free): return 1_134
    case (.monthly, _): return nil
    }
  }

  /// Whether the plan has a primary window of no capacity at all, which then says nothing about the account.
  public var hasZeroCapacityPrimary: Bool { capacity(of: .primary) == 0 }

  /// Whether the plan is counted by month.
  public var hasMonthlyCapacity: Bool { capacity(of: .monthly) != nil }
}

extension String {
  /// The text without leading and trailing Unicode white space.
  package func trimmingWhitespace() -> String {
    guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[start...end])
  }
}
