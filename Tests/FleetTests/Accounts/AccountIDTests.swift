import Testing

@testable import Fleet

@Suite("Account identifiers")
struct AccountIDTests {
  /// The same letter in the two ways of writing it: one scalar, and a letter with a combining accent.
  static let composed = AccountID("\u{E9}")
  static let decomposed = AccountID("e\u{301}")

  @Test("identifiers that differ in their bytes are different accounts")
  func bytewiseEquality() {
    #expect(Self.composed != Self.decomposed)
    #expect(Set([Self.composed, Self.decomposed]).count == 2)
    #expect(AccountScope.only([Self.composed]).narrowed(to: [Self.decomposed]) == .only([]))
  }

  @Test("identifiers are ordered by their bytes")
  func bytewiseOrder() {
    #expect(Self.decomposed < AccountID("f"))
    #expect(AccountID("f") < Self.composed)
    #expect(AccountID("B") < AccountID("a"))
    #expect(AccountID("") < AccountID("\u{0}"))
    #expect(AccountID("\u{FFFD}") < AccountID("\u{10000}"))
  }
}
