import Fleet
import Foundation
import GRDB
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("claims on refresh tokens", .timeLimit(.minutes(5)))
struct ClaimsTests {
  private let id = AccountID("a")

  private func holder(_ nonce: String, token: String = "token") -> ClaimHolder {
    ClaimHolder(instance: "host", processID: 7, nonce: nonce, material: RefreshToken.Material(token: token))
  }

  @Test("a free claim is won, a held one is lost, and its holder may extend it")
  func acquire() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let claims = opened.claims
    #expect(try await claims.acquire(id, for: holder("1"), lease: .seconds(30)))
    #expect(try await !claims.acquire(id, for: holder("2"), lease: .seconds(30)))
    let first = try store.rows("SELECT claimed_by, claim_expires_at FROM account_refresh_claims")
    #expect(first.first?.first == holder("1").text)
    #expect(try await claims.acquire(id, for: holder("1"), lease: .seconds(3_600)))
    let second = try store.rows("SELECT claimed_by, claim_expires_at FROM account_refresh_claims")
    #expect(second.count == 1)
    #expect(second != first)
    let format = "SELECT claim_expires_at GLOB '????-??-?? ??:??:??.???000' FROM account_refresh_claims"
    #expect(try store.value(format) == "1")
    await opened.close()
  }

  @Test("an expired claim is taken over, by the database's clock")
  func takeover() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let claims = opened.claims
    #expect(try await claims.acquire(id, for: holder("1"), lease: .seconds(30)))
    try store.execute(
      "UPDATE account_refresh_claims SET claim_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 second') || '000'")
    #expect(try await claims.acquire(id, for: holder("2"), lease: .seconds(30)))
    #expect(try await !claims.acquire(id, for: holder("1"), lease: .seconds(30)))
    #expect(
      try store.value(
        "SELECT claim_expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '+20 seconds') FROM account_refresh_claims")
        == "1")
    await opened.close()
  }

  @Test("what a daemon of an own store has left when it was killed under a clock far ahead is gone with the next one")
  func leftover() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let killed = try await store.open()
    #expect(try await killed.claims.acquire(id, for: holder("1"), lease: .seconds(30)))
    try store.execute("UPDATE account_refresh_claims SET claim_expires_at = '2999-01-01 00:00:00.000000'")
    await killed.close()
    let administered = try await SQLiteFleetStore.open(own: store.path, access: .administration)
    #expect(try await !administered.claims.acquire(id, for: holder("2"), lease: .seconds(30)))
    await administered.close()
    let next = try await store.open()
    #expect(try await next.claims.acquire(id, for: holder("2"), lease: .seconds(30)))
    await next.close()
  }

  @Test("a release deletes the holder's own row and no other")
  func release() async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a")
      StoredAccount("b")
    }
    let opened = try await store.open()
    let claims = opened.claims
    #expect(try await claims.acquire(id, for: holder("1"), lease: .seconds(30)))
    #expect(try await claims.acquire(AccountID("b"), for: holder("1"), lease: .seconds(30)))
    #expect(try await !claims.release(id, of: holder("2")))
    #expect(try await claims.release(id, of: holder("1")))
    #expect(try await !claims.release(id, of: holder("1")))
    #expect(try store.rows("SELECT account_id FROM account_refresh_claims") == [["b"]])
    await opened.close()
  }

  @Test("of many who want one claim at once, one gets it")
  func contention() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let first = try await store.open()
    let second = try await store.open()
    let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<20 {
        let claims = (number % 2 == 0 ? first : second).claims
        let holder = holder("\(number)")
        group.addTask { try await claims.acquire(AccountID("a"), for: holder, lease: .seconds(30)) }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wins == 1)
    await first.close()
    await second.close()
  }

  @Test("there is no claim on an account that does not exist")
  func unknownAccount() async throws {
    let store = try CodexLBStore.build {}
    let opened = try await store.open()
    #expect(try await !opened.claims.acquire(id, for: holder("1"), lease: .seconds(30)))
    #expect(try store.rows("SELECT account_id FROM account_refresh_claims").isEmpty)
    await opened.close()
  }

  @Test("a holder names instance, process and token's digest within 128 characters")
  func holders() {
    let digest = Digest.sha256("token").prefix(16)
    #expect(holder("n").text == "host:7-n#\(digest)")
    let long = ClaimHolder(
      instance: String(repeating: "é", count: 500), processID: .max, nonce: "n",
      material: RefreshToken.Material(token: "t"))
    #expect(long.text.unicodeScalars.count == 128)
    #expect(long.text.hasSuffix("-n#" + Digest.sha256("t").prefix(16)))
    let one = ClaimHolder(instance: "h", processID: 1, material: RefreshToken.Material(token: "t"))
    let other = ClaimHolder(instance: "h", processID: 1, material: RefreshToken.Material(token: "t"))
    #expect(one != other)
  }
}

/// The claims of a store, each call in a transaction of its own.
private struct Claims: Sendable {
  let connections: StoreConnections

  func acquire(_ id: AccountID, for holder: ClaimHolder, lease: Duration) async throws(StoreError) -> Bool {
    try await connections.write(.full, changing: .anything) { db, _ in
      try RefreshClaims(db).acquire(id, for: holder.text, lease: lease)
    }
  }

  func release(_ id: AccountID, of holder: ClaimHolder) async throws(StoreError) -> Bool {
    try await connections.write(.full, changing: .anything) { db, _ in
      try RefreshClaims(db).release(TokenClaim(accountID: id, holder: holder.text, replacesExpired: false))
      return db.changesCount > 0
    }
  }
}

extension SQLiteFleetStore {
  fileprivate var claims: Claims { Claims(connections: connections) }
}

extension RefreshToken.Material {
  fileprivate init(token: String) { self.init(hexadecimal: Digest.sha256(token)) }
}

/// codex-lb's side of the claims: its statement, with the same meaning, on its own process's clock.
private struct PeerClaims {
  let database: any StoreDatabase
  let holder = "codex-lb-1:4711-0badcafe#0123456789abcdef"

  /// Whether codex-lb would have the claim now.
  ///
  /// - Parameter offset: how far its clock is ahead.
  func acquire(_ id: String, lease: Duration = .seconds(30), clockOffset offset: Duration = .zero) throws -> Bool {
    let now = Timestamp.now.advanced(by: offset)
    let end = now.advanced(by: lease).naiveUTC
    return try !database.rows(
      """
      INSERT INTO account_refresh_claims (account_id, claimed_by, claimed_at, claim_expires_at)
      VALUES ('\(id)', '\(holder)', '\(now.naiveUTC)', '\(end)')
      ON CONFLICT (account_id) DO UPDATE SET
        claimed_by = '\(holder)', claimed_at = '\(now.naiveUTC)', claim_expires_at = '\(end)'
      WHERE account_refresh_claims.claim_expires_at < '\(now.naiveUTC)'
        OR account_refresh_claims.claimed_by = '\(holder)'
      RETURNING account_id
      """
    ).isEmpty
  }

  func release(_ id: String) throws {
    try database.execute(
      "DELETE FROM account_refresh_claims WHERE account_id = '\(id)' AND claimed_by = '\(holder)'")
  }
}

@Suite("claims between codex-lb and this program", .timeLimit(.minutes(5)))
struct PeerClaimsTests {
  private let id = AccountID("a")

  @Test("each keeps the other off while it holds the claim, and takes over when it has ended")
  func bothWays() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let session = try await opened.openSession()
    let peer = PeerClaims(database: store)
    let material = try #require(try await session.credentials(of: id)?.refreshToken?.material)
    func claim() async throws -> TokenClaim? {
      try await session.claim(material, of: id, extending: nil, lease: .seconds(30))
    }
    // Ours first.
    let ours = try #require(try await claim())
    #expect(try !peer.acquire("a"))
    #expect(try peer.acquire("a", clockOffset: .seconds(31)), "the lease has ended")
    #expect(try await session.claim(material, of: id, extending: ours, lease: .seconds(30)) == nil)
    // A late release of ours does not touch theirs.
    try await session.release(ours)
    #expect(try store.value("SELECT claimed_by FROM account_refresh_claims") == peer.holder)
    try peer.release("a")
    // Theirs first, running, then ended.
    #expect(try peer.acquire("a"))
    #expect(try await claim() == nil)
    #expect(try peer.acquire("a", lease: .seconds(-1)))
    // What theirs leaves behind is told: its new tokens may be late. A claim that was given back leaves nothing.
    let taken = try #require(try await claim())
    #expect(taken.replacesExpired && !ours.replacesExpired)
    #expect(try !peer.acquire("a"))
    try await session.release(taken)
    #expect(try await claim()?.replacesExpired == false)
    session.close()
    await opened.close()
  }
}

extension Timestamp {
  fileprivate static var now: Timestamp {
    let time = Date().timeIntervalSince1970
    return Timestamp(microseconds: Int64(time * 1_000_000)) ?? .distantPast
  }
}
