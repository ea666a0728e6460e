/// Renews logins whose access token was refused: one exchange per refresh token at a time, whoever asks.
///
/// An exchange is a flight that nobody can cancel: once its answer is there it ends only when the new tokens are in the
/// store, or when the store says that it will never take them.
final class TokenExchange: Sendable {
  /// What came of asking for a usable login.
  enum Outcome: Hashable, Sendable {
    /// The store holds another login than the refused one: renewed here, or by somebody else.
    case renewed
    /// The login has ended for good, and the store says so.
    case retired(AccountStatus)
    /// The account is gone, or may no longer be refreshed.
    case accountChanged
    /// The refused login stands: it cannot be renewed now.
    case stillRefused(RefreshReason)
    /// Nothing was found out about the login.
    case undecided(RefreshReason)
  }

  /// One refresh token of one account.
  private struct Key: Hashable, Sendable {
    let accountID: AccountID
    let material: RefreshToken.Material
  }

  /// How long somebody who needs the login waits. Longer than an exchange takes with its wait for a claim; what takes
  /// longer still waits for the store.
  static let patience = Duration.seconds(30)

  private let flights: Singleflight<Key, Outcome>
  private let work: TokenExchangeFlight
  private let clock: any FleetClock

  init(work: TokenExchangeFlight, flights limit: Int, waiters: Int, clock: any FleetClock) {
    flights = Singleflight(flights: limit, waiters: waiters, clock: clock)
    self.work = work
    self.clock = clock
  }

  /// Replaces a login whose access token was refused.
  ///
  /// - Returns: `.renewed` only once the store holds another login, fully on disk.
  func renew(_ refused: StoredCredentials, of id: AccountID) async -> Outcome {
    guard let token = refused.refreshToken else { return .stillRefused(.tokenUndecryptable) }
    guard !token.secret.isEmpty else { return .stillRefused(.tokenMissing) }
    let key = Key(accountID: id, material: token.material)
    return await withTaskGroup(of: Outcome?.self) { group in
      group.addTask { [flights, work] in
        do throws(FlightRefusal) {
          return try await flights.landing(for: key) {
            await work.run(token, of: id, while: { flights.admits })
          }.value
        } catch {
          return .undecided(error == .draining ? .draining : .overloaded)
        }
      }
      group.addTask { [clock] in
        try? await clock.sleep(for: Self.patience)
        return nil
      }
      let first = await group.next()
      group.cancelAll()
      return first.flatMap { $0 } ?? .undecided(.storeUnavailable)
    }
  }

  /// Presents no further token; what was presented goes on to its end.
  func closeAdmission() { flights.closeAdmission() }

  /// Returns as soon as no exchange runs, or after `limit`.
  ///
  /// - Returns: the accounts whose exchanges still run, the oldest first.
  func settle(within limit: Duration) async -> [AccountID] {
    await flights.settle(within: limit).map(\.accountID)
  }

  /// What there is and was.
  var statistics: FlightCounts { flights.snapshot() }
}
