internal import FleetSQLite

extension StoreOptions {
  /// Runs an administrative command's work on the store these options select, and closes it afterwards.
  func withStore<Value>(_ body: (SQLiteFleetStore) async throws -> Value) async throws -> Value {
    let store = try await StoreSelection(self).open(for: .administration)
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
