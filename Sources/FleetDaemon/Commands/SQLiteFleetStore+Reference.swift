internal import Fleet
internal import FleetSQLite

extension SQLiteFleetStore {
  /// The account that somebody means by an argument, which the error repeats when there is none: unlike the store's own
  /// errors, which may get into a log, it is for whoever typed the argument.
  func account(meantBy argument: String) async throws(StoreError) -> AccountID {
    do {
      return try await accountID(of: argument)
    } catch  where error.code == .notFound {
      throw StoreError(.notFound, "\"\(argument)\": \(error.message)")
    }
  }
}
