import Fleet
import FleetSQLite
import Foundation
import JSON
import StoreBuilder
import Testing

/// Stores that a real codex-lb wrote, with the answers it gave from them.
private enum Fixtures {
  static let root: String = {
    if let given = ProcessInfo.processInfo.environment["CODEX_FLEET_FIXTURES"] { return given }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/fixtures").path
  }()

  static let stores: [String] = {
    let directory = root + "/codex-lb"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { FileManager.default.fileExists(atPath: "\(directory)/\($0)/store.db") }.sorted()
  }()

  static func json(_ path: String) throws -> JSONValue {
    try JSONReader.parse(Data(contentsOf: URL(fileURLWithPath: "\(root)/codex-lb/\(path)")))
  }

  /// Copies a store, since opening one makes files beside it.
  static func copy(_ name: String) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for file in ["store.db", "encryption.key"] {
      let copy = directory.file(file)
      try FileManager.default.copyItem(atPath: "\(root)/codex-lb/\(name)/\(file)", toPath: copy)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
    }
    return directory
  }
}

/// What the golden answers say about an account.
private struct Answer {
  var fields: [String: JSONValue]

  func differences(from other: Answer) -> [String] {
    Set(fields.keys).union(other.fields.keys).sorted().compactMap { name in
      fields[name] == other.fields[name] ? nil : "\(name): \(fields[name] ?? .null), not \(other.fields[name] ?? .null)"
    }
  }

  init(_ account: AccountSummary) {
    func window(_ window: AccountSummary.Window) -> JSONValue {
      [
        "remainingPercent": window.remainingPercent.map { .number($0) } ?? .null,
        "resetAt": window.resetAt.map { .string($0.rfc3339) } ?? .null,
        "windowMinutes": window.windowMinutes.map { .integer($0) } ?? .null,
      ]
    }
    fields = [
      "accountId": .string(account.accountID.rawValue), "displayName": .string(account.displayName),
      "email": .string(account.email), "status": .string(account.status.rawValue), "planType": .string(account.plan),
      "primary": window(account.primary), "secondary": window(account.secondary),
      "lastRefreshAt": account.tokensRefreshedAt.map { .string($0.rfc3339) } ?? .null,
      "usageRefreshedAt": account.usageRefreshedAt.map { .string($0.rfc3339) } ?? .null,
    ]
  }

  init(golden: JSONValue) throws {
    fields = [:]
    for (name, value) in try #require(golden.objectValue) { fields[name] = value }
  }
}

@Suite("answers from a real codex-lb's stores", .enabled(if: !Fixtures.stores.isEmpty, "there are no fixtures here"))
struct GoldenAnswerTests {
  @Test("every key gets the answer that codex-lb gave it", arguments: Fixtures.stores)
  func answers(name: String) async throws {
    let directory = try Fixtures.copy(name)
    let store = try await SQLiteFleetStore.open(codexLB: directory.path)
    let now = try #require(Timestamp(rfc3339: "2026-11-23T19:46:40Z"))
    let index = try #require(try Fixtures.json("\(name)/golden/index.json")["answers"]?.arrayValue)
    let statuses = Dictionary(
      uniqueKeysWithValues: index.compactMap { entry in
        entry["name"]?.stringValue.map { ($0, entry["status"]?.integerValue) }
      })
    for key in try #require(try Fixtures.json("\(name)/keys.json").arrayValue) {
      let keyName = try #require(key["name"]?.stringValue)
      let text = try #require(key["key"]?.stringValue)
      let golden = try Fixtures.json("\(name)/golden/\(keyName).json")
      let stored = try await store.apiKey(digest: StoredKey.digest(of: text))
      guard statuses[keyName] == 200 else {
        #expect(throws: Caller.Refusal.self, "\(keyName)") { try Caller(key: stored, now: now) }
        #expect(golden["error"] != nil)
        continue
      }
      let caller = try Caller(key: stored, now: now)
      let snapshot = try await store.snapshot(of: caller.scope)
      let summary = FleetSummary(snapshot, for: caller, now: now, refreshInterval: .seconds(60))
      let expected = try #require(golden["accounts"]?.arrayValue)
      #expect(summary.accounts.count == expected.count, "\(keyName)")
      #expect(summary.accounts.map(\.email) == expected.map { $0["email"]?.stringValue }, "\(keyName)")
      let actualIDs = summary.accounts.map { JSONValue.string($0.accountID.rawValue) }
      #expect(Set(actualIDs) == Set(expected.compactMap { $0["accountId"] }), "\(keyName)")
      let goldenByID = Dictionary(expected.map { ($0["accountId"], $0) }, uniquingKeysWith: { first, _ in first })
      for account in summary.accounts {
        let golden = try #require(goldenByID[.string(account.accountID.rawValue)])
        let differences = try Answer(account).differences(from: Answer(golden: golden))
        #expect(differences.isEmpty, "\(keyName): \(account.accountID.rawValue)")
      }
    }
    #expect(store.warningCount == 0)
    await store.close()
  }

  @Test("no account but those about to be deleted is lost", arguments: Fixtures.stores)
  func accounts(name: String) async throws {
    let directory = try Fixtures.copy(name)
    let store = try await SQLiteFleetStore.open(codexLB: directory.file("store.db"))
    let snapshot = try await store.snapshot(of: .all)
    #expect(snapshot.accounts.count == (name == "perf100" ? 100 : 126))
    let session = try await store.openSession()
    let candidates = try await session.candidates(in: .all)
    #expect(candidates.map(\.account) == snapshot.accounts.map(\.account))
    #expect(candidates.map(\.latest) == snapshot.accounts.map(\.latest))
    #expect(candidates.allSatisfy { $0.route == .direct })
    for candidate in candidates.prefix(3) {
      let credentials = try await session.credentials(of: candidate.account.id)
      #expect(credentials?.accessToken.isEmpty == false && credentials?.refreshToken?.secret.isEmpty == false)
    }
    session.close()
    await store.close()
  }
}
