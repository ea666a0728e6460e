/// Keys that were looked up, as the callers they let in: as many as there is room for.
struct KeyMemory {
  /// How much is remembered: a key counts one, and one more for each account it is limited to.
  static let capacity = 65_536

  private var callers: [APIKeyDigest: Caller] = [:]
  private var size = 0

  /// The keys that are remembered.
  var digests: [APIKeyDigest] { Array(callers.keys) }

  /// Whom a key lets in until it ends; nil when that is not remembered.
  subscript(digest: APIKeyDigest) -> Caller? { callers[digest] }

  /// Remembers a key that lets somebody in; without room for it, everything stays as it is.
  mutating func remember(_ key: APIKey, _ digest: APIKeyDigest) {
    guard callers[digest] == nil, let caller = try? Caller(key: key, now: .distantPast) else { return }
    var size = 1
    if case .only(let accounts) = caller.scope { size += accounts.count }
    guard self.size + size <= Self.capacity else { return }
    self.size += size
    callers[digest] = caller
  }
}
