/// What the core asks of a store of accounts, keys and usage.
///
/// Every call is one short transaction. Calls may run side by side; none blocks a thread of the cooperative pool.
public protocol FleetStore: Sendable {
  /// The key whose text has the SHA-256 digest `digest`, nil when there is none.
  func apiKey(digest: APIKeyDigest) async throws(StoreError) -> APIKey?

  /// The store's state, no older than any commit that was acknowledged, to anybody, before the call.
  func state() async throws(StoreError) -> FleetState

  /// The same state, if nothing has to be read to know it: neither waits nor blocks.
  func knownState() -> FleetState?

  /// Yields after something was committed: at once when this process did it, within a second when another one did.
  /// Commits that nobody has looked at yet count as one.
  func changes() -> AsyncStream<Void>

  /// Opens a session for work that outlives the call that asked for it.
  ///
  /// - Throws: `StoreError` when the store cannot be used, or may not be written (`.unsupportedSchema`).
  func openSession() async throws(StoreError) -> any BackgroundSession

  /// How many sessions were opened so far, and how many are open.
  var sessionCounts: SessionCounts { get }
}

extension FleetStore {
  /// The accounts of a scope with their latest rows, and the settings that bear on showing them, as of one instant.
  public func snapshot(of scope: AccountScope) async throws(StoreError) -> FleetSnapshot {
    try await state().snapshot.narrowed(to: scope)
  }
}

/// How many background sessions there were and are.
public struct SessionCounts: Hashable, Sendable {
  /// Opened since the start.
  public var opened: Int
  /// Open now.
  public var open: Int

  /// Makes counts.
  public init(opened: Int, open: Int) {
    self.opened = opened
    self.open = open
  }
}

/// The SHA-256 digest of an API key's text, in lower-case hexadecimal: 64 characters.
public struct APIKeyDigest: Hashable, Sendable {
  /// The digits.
  public let hexadecimal: String

  /// Wraps a digest that is already in hexadecimal.
  public init(hexadecimal: String) { self.hexadecimal = hexadecimal }

  /// Whether two digests are the same, found out in a time that does not depend on where they differ.
  public static func == (left: APIKeyDigest, right: APIKeyDigest) -> Bool {
    var (left, right) = (left.hexadecimal, right.hexadecimal)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for place in left.indices { difference |= left[place] ^ right[place] }
        return difference == 0
      }
    }
  }
}
