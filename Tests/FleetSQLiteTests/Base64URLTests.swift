import Testing

@testable import FleetSQLite

@Suite("URL-safe Base64")
struct Base64URLTests {
  @Test(
    "bytes and text go both ways",
    arguments: [
      ([], ""), ([0x66], "Zg=="), ([0x66, 0x6F], "Zm8="), ([0x66, 0x6F, 0x6F], "Zm9v"), ([0xFB, 0xFF], "-_8="),
    ] as [([UInt8], String)])
  func roundTrip(bytes: [UInt8], text: String) {
    #expect(Base64URL.encode(bytes, padding: .required) == text)
    #expect(Base64URL.decode(text.utf8, padding: .required) == bytes)
    let bare = String(text.prefix { $0 != "=" })
    #expect(Base64URL.encode(bytes, padding: .none) == bare)
    #expect(Base64URL.decode(bare.utf8, padding: .none) == bytes)
  }

  @Test(
    "other texts are refused",
    arguments: ["Zg", "Zg=", "Zg===", "Z", "Zh==", "Zm9=", "+/8=", "Zg==\n", " Zg==", "====", "Zg==Zg==", "Zé=="])
  func refused(text: String) {
    #expect(Base64URL.decode(text.utf8, padding: .required) == nil)
  }

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
