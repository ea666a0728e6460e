public import JSON

extension FleetClient {
  /// The accounts as they are and, as they change, what changes.
  ///
  /// Each iteration is a subscription of its own. Its first element brings all accounts, the later ones those that
  /// changed; what changes faster than it is read comes together, so that a slow reader gets later states and never a
  /// queue. It goes on until the task is cancelled or the subscription ends, which it always tells by throwing:
  /// `Failure.connectionLost` when the daemon goes away (nothing is subscribed to anew), `Failure.subscriptionEnded`
  /// when the daemon ends it, `CancellationError` when the task is cancelled. The daemon is told when nobody reads on.
  ///
  /// - Parameter accountIDs: narrows what is told; nil means all that the token may see.
  public func changes(accountIDs: [String]? = nil) -> Changes {
    Changes(client: self, params: Self.params(accountIDs))
  }

  /// A change of the fleet: the accounts that are different now, in full.
  public struct Change: Hashable, Sendable {
    /// The accounts that changed; all of them in a subscription's first change.
    public var accounts: [Account]
    /// The ids of the accounts that are gone or no longer to be seen.
    public var removed: [String]
    /// The instant of these states.
    public var generatedAt: Instant
    /// The same as JSON, members that this version does not know included.
    public var json: JSONValue
  }

  /// The changes of a fleet, see `changes(accountIDs:)`.
  public struct Changes: AsyncSequence, Sendable {
    fileprivate let client: FleetClient
    fileprivate let params: JSONObject

    /// Begins a subscription; the daemon hears of it when the first change is asked for.
    public func makeAsyncIterator() -> Iterator { Iterator(changes: self) }

    /// A subscription that is being read.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
      private let changes: Changes
      private var reader: SubscriptionReader?
      private var isOver = false

      fileprivate init(changes: Changes) { self.changes = changes }

      /// The next change, when there is one.
      ///
      /// - Returns: nil after an error was thrown.
      /// - Throws: `Failure`; `CancellationError` as soon as the calling task is cancelled.
      public mutating func next() async throws -> Change? {
        guard !isOver else { return nil }
        do {
          if reader == nil { reader = try await changes.client.subscribe(changes.params) }
          return try await reader?.next()
        } catch {
          isOver = true
          reader = nil
          throw error
        }
      }
    }
  }

  private func subscribe(_ params: JSONObject) async throws -> SubscriptionReader {
    let params = authenticated(params)
    return SubscriptionReader(try await connection().subscribe(params))
  }
}
