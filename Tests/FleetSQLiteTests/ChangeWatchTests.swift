import Fleet
import Foundation
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("being told of changes", .timeLimit(.minutes(5)))
struct ChangeWatchTests {
  @Test("what this process commits is told, and what another one commits")
  func commits() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    var changes = opened.changes().makeAsyncIterator()
    // The first tells of whatever happened before anybody could know.
    #expect(await changes.next() != nil)
    let session = try await opened.openSession()
    _ = try await session.observeDowngrade(of: AccountID("a"))
    #expect(await changes.next() != nil)
    session.close()
    try store.execute("UPDATE accounts SET status = 'paused'")
    #expect(await changes.next() != nil)
    await opened.close()
    // One may still be there from the commits; then comes the end.
    while await changes.next() != nil {}
  }

  @Test("a store that is replaced is a change, and is watched from then on")
  func replaced() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let other = try CodexLBStore.build { StoredAccount("b") }
    let opened = try await store.open()
    var changes = opened.changes().makeAsyncIterator()
    #expect(await changes.next() != nil)
    try FileManager.default.removeItem(atPath: store.path)
    #expect(await changes.next() != nil)
    try FileManager.default.copyItem(atPath: other.path, toPath: store.path)
    // It is opened by whoever reads next, as a subscriber does once it is told.
    while try await opened.snapshot(of: .all).accounts.first?.account.id != AccountID("b") {
      #expect(await changes.next() != nil)
    }
    #expect(await changes.next() != nil)
    try store.execute("UPDATE accounts SET status = 'paused'")
    #expect(await changes.next() != nil)
    await opened.close()
  }

  @Test("whoever comes after the store was closed finds the end")
  func closed() async throws {
    let store = try CodexLBStore.build {}
    let opened = try await store.open()
    await opened.close()
    for await _ in opened.changes() {}
  }
}
