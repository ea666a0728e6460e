import Testing

@testable import Fleet

@Suite("Keys that were looked up")
struct KeyMemoryTests {
  static func digest(_ number: Int) -> APIKeyDigest { APIKeyDigest(hexadecimal: "digest \(number)") }

  @Test("a key that lets somebody in is remembered, one that does not is not")
  func remembered() {
    var memory = KeyMemory()
    memory.remember(AccessTests.key(), Self.digest(1))
    memory.remember(AccessTests.key(isActive: false), Self.digest(2))
    #expect(memory[Self.digest(1)]?.scope == .all)
    #expect(memory[Self.digest(2)] == nil && memory[Self.digest(3)] == nil)
    #expect(memory.digests == [Self.digest(1)])
  }

  @Test("there is room for so many keys and accounts they are limited to, and what is remembered stays")
  func room() {
    var memory = KeyMemory()
    let accounts = Set((1..<KeyMemory.capacity).map { AccountID("\($0)") })
    memory.remember(AccessTests.key(scope: .only(accounts)), Self.digest(1))
    memory.remember(AccessTests.key(), Self.digest(2))
    #expect(memory[Self.digest(1)] != nil && memory[Self.digest(2)] == nil)
    var many = KeyMemory()
    for number in 0...KeyMemory.capacity { many.remember(AccessTests.key(), Self.digest(number)) }
    #expect(many.digests.count == KeyMemory.capacity)
    #expect(many[Self.digest(0)] != nil)
  }

  @Test("digests are the same when every digit is")
  func equality() {
    let digest = APIKeyDigest(hexadecimal: "0123456789abcdef")
    #expect(digest == APIKeyDigest(hexadecimal: "0123456789abcdef"))
    for other in ["0123456789abcdee", "1123456789abcdef", "0123456789abcde", "", "0123456789abcdef0"] {
      #expect(digest != APIKeyDigest(hexadecimal: other))
    }
  }
}
