internal import FleetSQLite

extension StoreOptions {
  /// Runs an administrative command's work on the store these options select, and closes it afterwards.
  func withStore<Value>(_ body: (SQLiteFleetStore) async throws -> Value) async throws -> Value {
    let selection = try StoreSelection(self)
    // Somebody may have meant a store that is elsewhere.
    let isNew = try selection.isStillToBeMade()
    let store = try await selection.open(for: .administration)
    if isNew { StandardStream.note("note: made a new store, \(store.path)\n") }
    do {
      let value = try await body(store)
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }
}
