/// Who waits for which reading of the store's state: one runs at a time, for all who asked before it began.
///
/// Whoever asks while one runs may know of a commit that it does not see, so they wait for the next one; unless it turns
/// out at its end that nothing was committed meanwhile.
struct StateReadings<Party: Sendable>: Sendable {
  private enum Phase: Sendable {
    case idle
    /// `early` asked before it began, `late` after.
    case reading(early: [Party], late: [Party])
  }

  private var phase = Phase.idle

  /// Somebody wants the state.
  ///
  /// - Returns: whether this party is to read it, and to say `ended`; else it waits until it is served.
  mutating func join(_ party: Party) -> Bool {
    guard case .reading(let early, let late) = phase else {
      phase = .reading(early: [], late: [])
      return true
    }
    phase = .reading(early: early, late: late + [party])
    return false
  }

  /// The reading has ended.
  ///
  /// - Parameter isCurrent: whether what was read is the state of this moment.
  /// - Returns: who is served with what was read, and who is to read next, for all others who wait.
  mutating func ended(isCurrent: Bool) -> (served: [Party], next: Party?) {
    guard case .reading(let early, let late) = phase else { return ([], nil) }
    guard !isCurrent, let next = late.first else {
      phase = .idle
      return (early + late, nil)
    }
    phase = .reading(early: Array(late.dropFirst()), late: [])
    return (early, next)
  }
}
