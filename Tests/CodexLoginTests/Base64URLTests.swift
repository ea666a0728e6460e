import CodexLogin
import Testing

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
}
