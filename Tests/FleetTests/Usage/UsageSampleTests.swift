import Testing

@testable import Fleet

@Suite("Usage samples")
struct UsageSampleTests {
  @Test(
    "what is left is never below zero", arguments: [(0, 100), (99.5, 0.5), (100, 0), (250, 0)] as [(Double, Double)])
  func remaining(used: Double, left: Double) {
    #expect(UsageSample.row(used, at: 0).remainingPercent == left)
  }

  @Test("credits override limits when there are any, unlimited ones, or a balance")
  func credits() {
    #expect(UsageSample.Credits.has(true).overrideLimits && !UsageSample.Credits.has(false).overrideLimits)
    #expect(UsageSample.Credits.unlimited(true).overrideLimits && !UsageSample.Credits.unlimited(false).overrideLimits)
    #expect(UsageSample.Credits.balance(0.01).overrideLimits)
    #expect(!UsageSample.Credits.balance(0).overrideLimits && !UsageSample.Credits.balance(-5).overrideLimits)
    #expect(UsageSample.Credits(has: false, unlimited: false, balance: 3).overrideLimits)
    #expect(UsageSample.Credits.none.isEmpty && !UsageSample.Credits.none.overrideLimits)
    #expect(!UsageSample.Credits.has(false).isEmpty && !UsageSample.Credits.balance(0).isEmpty)
  }
}
