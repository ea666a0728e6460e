internal import NIOConcurrencyHelpers

/// One state of the store: every account with its latest rows, and whichever keys were looked up in it.
///
/// A store that has changed has another state, so whoever holds the state of this moment need not look at the store. The
/// way to it is `FleetStore.state()` or `knownState()`, which vouch for the moment; a state that was kept is a past one.
public final class FleetState: Sendable {
  /// Every account, and the settings that bear on showing them.
  public let snapshot: FleetSnapshot
  private let keys: NIOLockedValueBox<KeyMemory>

  /// Makes a state of what was read.
  ///
  /// - Parameter keys: keys that were read with it.
  public init(_ snapshot: FleetSnapshot, keys: [APIKeyDigest: APIKey] = [:]) {
    self.snapshot = snapshot
    var memory = KeyMemory()
    for (digest, key) in keys { memory.remember(key, digest) }
    self.keys = NIOLockedValueBox(memory)
  }

  private init(_ snapshot: FleetSnapshot, _ keys: KeyMemory) {
    self.snapshot = snapshot
    self.keys = NIOLockedValueBox(keys)
  }

  /// The keys that were looked up in it, as far as they were remembered: who asked in this state may ask in the next.
  public var keyDigests: [APIKeyDigest] { keys.withLockedValue { $0.digests } }

  /// The state that follows when one account has become another record and nothing else has changed, no key either.
  ///
  /// - Returns: nil when that account is not in it, or would stand in another place.
  public func replacing(_ record: AccountRecord) -> FleetState? {
    snapshot.replacing(record).map { FleetState($0, keys.withLockedValue { $0 }) }
  }

  /// Whom a key lets in, as far as it was looked up in this state; nil also when it lets nobody in.
  func caller(holding digest: APIKeyDigest, now: Timestamp) -> Caller? {
    keys.withLockedValue { $0[digest] }.flatMap { $0.isOver(at: now) ? nil : $0 }
  }

  /// Takes note of a key that was looked up when this was the store's state, or later.
  ///
  /// Read later it may belong to another state. Then this one is past, and is asked for nobody any more.
  func remember(_ key: APIKey, _ digest: APIKeyDigest) { keys.withLockedValue { $0.remember(key, digest) } }
}
