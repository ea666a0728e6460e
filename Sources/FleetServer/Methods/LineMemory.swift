internal import Fleet

/// Lines that were plain summary calls with a key that was accepted, told by everything but their ids: as many as there
/// is room for. What is remembered of a token is its digest.
struct LineMemory {
  /// How many are remembered.
  static let capacity = 1_024

  private var digests: [NumberedLine.Rest: APIKeyDigest] = [:]

  /// The key that a line holds; nil when it is not remembered.
  subscript(line: NumberedLine) -> APIKeyDigest? { digests[line.rest] }

  /// Remembers a line; where there is no room, all others are forgotten for it.
  mutating func remember(_ line: NumberedLine, _ digest: APIKeyDigest) {
    if digests.count >= Self.capacity { digests = [:] }
    digests[line.rest] = digest
  }
}
