import Testing

@testable import Fleet

@Suite("Plan")
struct PlanTests {
  @Test(
    "a plan's text is normalised",
    arguments: [
      ("free", "free"), ("PLUS", "plus"), (" Pro\n", "pro"), ("\tProLite", "prolite"), ("Team", "team"),
      ("BUSINESS", "business"), ("enterprise", "enterprise"), ("Edu ", "edu"), ("Gold Plan", "Gold Plan"),
      (" Gold ", "Gold"), ("plus2", "plus2"), ("", "unknown"), ("  \n", "unknown"), ("unknown", "unknown"),
      (nil, "unknown"),
    ] as [(String?, String)])
  func names(text: String?, name: String) {
    #expect(Plan(text).name == name)
    #expect((Plan(text).known != nil) == (Plan.Known(rawValue: name) != nil))
  }

  @Test("the known plans are these")
  func known() {
    let names = ["free", "plus", "pro", "prolite", "team", "business", "enterprise", "edu"]
    #expect(Set(Plan.Known.allCases.map(\.rawValue)) == Set(names))
  }

  @Test(
    "capacities",
    arguments: [
      ("free", 0, 1_134, 1_134), ("plus", 225, 7_560, nil), ("business", 225, 7_560, nil), ("team", 225, 7_560, nil),
      ("edu", 225, 7_560, nil), ("pro", 1_500, 50_400, nil), ("enterprise", 1_500, 50_400, nil),
      ("prolite", 1_125, 37_800, nil), ("gold", nil, nil, nil), ("", nil, nil, nil),
    ] as [(String, Int?, Int?, Int?)])
  func capacities(text: String, primary: Int?, secondary: Int?, monthly: Int?) {
    let plan = Plan(text)
    #expect(plan.capacity(of: .primary) == primary)
    #expect(plan.capacity(of: .secondary) == secondary)
    #expect(plan.capacity(of: .monthly) == monthly)
    #expect(plan.hasZeroCapacityPrimary == (primary == 0))
    #expect(plan.hasMonthlyCapacity == (monthly != nil))
    #expect(plan.isKnownPaid == ((primary ?? 0) > 0))
  }

  @Test("a plan that was never learnt is unknown, another one is not")
  func unknown() {
    #expect(Plan(nil).isUnknown && Plan("").isUnknown && Plan("unknown").isUnknown)
    #expect(!Plan("gold").isUnknown && !Plan("free").isUnknown)
  }

  @Test("which statuses may be refreshed")
  func refreshable() {
    let refreshable = AccountStatus.allCases.filter(\.isRefreshable)
    #expect(refreshable == [.active, .rateLimited, .quotaExceeded])
    #expect(
      AccountStatus.allCases.map(\.rawValue)
        == ["active", "rate_limited", "quota_exceeded", "paused", "reauth_required", "deactivated"])
  }
}
