import Testing

@testable import FleetSQLite

@Suite("digests and identifiers")
struct DigestTests {
  @Test(
    "texts of equal content match, others do not",
    arguments: [("", "", true), ("ab", "ab", true), ("ab", "aB", false), ("a", "ab", false)])
  func matching(left: String, right: String, agree: Bool) {
    #expect(Digest.matches(left, right) == agree)
  }

  @Test("random identifiers are UUIDs of version 4, each another")
  func identifiers() {
    let identifiers = (0..<100).map { _ in RandomIdentifier.make() }
    #expect(Set(identifiers).count == 100)
    #expect(
      identifiers.allSatisfy {
        $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil
      })
  }
}
