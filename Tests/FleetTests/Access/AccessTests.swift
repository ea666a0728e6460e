import Testing

@testable import Fleet

@Suite("Access")
struct AccessTests {
  static func key(
    isActive: Bool = true, expiresAt: Timestamp? = nil, sections: String = "", scope: AccountScope = .all
  ) -> APIKey {
    APIKey(id: "key-1", isActive: isActive, expiresAt: expiresAt, usageSections: sections, scope: scope)
  }

  @Test(
    "a key sees usage only with both sections",
    arguments: [
      ("account_pool_usage,upstream_limits", true), ("upstream_limits,account_pool_usage", true),
      (" account_pool_usage ,\tupstream_limits\n", true), (",,account_pool_usage,,upstream_limits,", true),
      ("account_pool_usage,upstream_limits,more", true), ("account_pool_usage", false), ("upstream_limits", false),
      ("", false), (",", false), ("account_pool_usage upstream_limits", false),
      ("account_pool_usage;upstream_limits", false), ("ACCOUNT_POOL_USAGE,UPSTREAM_LIMITS", false),
      ("account_pool_usage_x,upstream_limits", false),
    ])
  func sections(text: String, sees: Bool) throws {
    #expect(Self.key(sections: text).seesUsage == sees)
    #expect(try Caller(key: Self.key(sections: text), now: .at(0)).seesUsage == sees)
  }

  @Test("an unknown key and one that was switched off are refused alike")
  func invalid() {
    #expect(throws: Caller.Refusal.invalidKey) { try Caller(key: nil, now: .at(0)) }
    #expect(throws: Caller.Refusal.invalidKey) { try Caller(key: Self.key(isActive: false), now: .at(0)) }
    #expect(throws: Caller.Refusal.invalidKey) {
      try Caller(key: Self.key(isActive: false, expiresAt: .at(-1)), now: .at(0))
    }
  }

  @Test("a key ends at its end")
  func expiry() throws {
    let key = Self.key(expiresAt: .at(100))
    #expect(throws: Caller.Refusal.expiredKey) { try Caller(key: key, now: .at(100)) }
    #expect(throws: Caller.Refusal.expiredKey) { try Caller(key: key, now: .at(101)) }
    #expect(try Caller(key: key, now: .at(99, microseconds: 999_999)).scope == .all)
  }

  @Test("a scope is narrowed to what was asked for, and never widened")
  func narrowing() {
    let ids = Set(["a", "b", "c"].map { AccountID($0) })
    let asked: Set<AccountID> = [AccountID("b"), AccountID("z")]
    #expect(AccountScope.all.narrowed(to: nil) == .all)
    #expect(AccountScope.all.narrowed(to: asked) == .only(asked))
    #expect(AccountScope.all.narrowed(to: []) == .only([]))
    #expect(AccountScope.only(ids).narrowed(to: nil) == .only(ids))
    #expect(AccountScope.only(ids).narrowed(to: asked) == .only([AccountID("b")]))
    #expect(AccountScope.only([]).narrowed(to: asked) == .only([]))
    #expect(AccountScope.only([]).narrowed(to: nil) == .only([]))
  }
}
