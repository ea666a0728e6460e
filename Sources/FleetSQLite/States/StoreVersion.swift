/// Which state a store is in.
struct StoreVersion: Hashable, Sendable {
  /// What tells one state of a file from another.
  enum State: Hashable, Sendable {
    /// SQLite's own note.
    case note(StateNote.Mark)
    /// SQLite's number as one connection is told it: another one after every commit of another connection.
    case number(Int64)
  }

  /// The file.
  var identity: FileStatus.Identity
  /// Its state.
  var state: State

  /// Whether exactly one commit lies between two versions, this one being the later.
  func directlyFollows(_ earlier: StoreVersion) -> Bool {
    guard identity == earlier.identity, case .note(let mark) = state, case .note(let earlierMark) = earlier.state else {
      return false
    }
    return mark.directlyFollows(earlierMark)
  }
}
