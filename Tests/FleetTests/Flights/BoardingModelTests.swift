import Testing

@testable import Fleet

/// Every interleaving of callers who come, are cancelled at whatever point, of flights that end or never do, and of a
/// drain that settles or gives up.
@Suite("Boarding, leaving and draining: every interleaving")
struct BoardingModelTests {
  struct Cast: Sendable, CustomTestStringConvertible {
    var keys: [Int]
    var flights = 9
    var waiters = 9
    var mayFail = false
    /// How many situations it can come to: fewer mean that steps are missing, more that there are new ones.
    var situations: Int
    var testDescription: String { "callers for \(keys), at most \(flights) flights and \(waiters) waiters" }

    var walk: BoardingWalk { BoardingWalk(keys: keys, flightLimit: flights, waiterLimit: waiters, mayFail: mayFail) }
  }

  @Test(
    "nobody is forgotten, resumed twice, or kept waiting by what may never end",
    arguments: [
      Cast(keys: [1, 1, 1], situations: 35_736), Cast(keys: [1, 1, 2], situations: 36_067),
      Cast(keys: [1, 2, 2], flights: 1, situations: 22_847), Cast(keys: [1, 1, 2], waiters: 2, situations: 37_703),
      Cast(keys: [1, 1], flights: 0, situations: 87),
      Cast(keys: [1, 2, 1], flights: 1, waiters: 1, situations: 17_979),
      Cast(keys: [1, 1], mayFail: true, situations: 2_183), Cast(keys: [1, 2], mayFail: true, situations: 2_163),
    ])
  func everyInterleaving(cast: Cast) throws {
    let count = try situations(from: cast.walk).count
    #expect(count == cast.situations)
  }

  @Test(
    "walks that come to one situation by different steps go on alike",
    arguments: [([1], 20), ([1, 1], 5), ([1, 2], 5)])
  func everyWalk(keys: [Int], depth: Int) throws {
    let start = Cast(keys: keys, mayFail: true, situations: 0).walk
    var seen: Set<BoardingWalk.Situation> = []
    var open = [start]
    while let walk = open.popLast() {
      guard walk.steps.count < depth else { continue }
      for step in walk.possibleSteps {
        var next = walk
        try next.take(step)
        seen.insert(next.situation)
        open.append(next)
      }
    }
    #expect(seen == (try situations(from: start, depth: depth)))
  }

  /// All that can be come to within so many steps; where two walks come to the same, the shorter one goes on.
  private func situations(from start: BoardingWalk, depth: Int = .max) throws -> Set<BoardingWalk.Situation> {
    var seen: Set<BoardingWalk.Situation> = []
    var open = [start]
    while let walk = open.first, walk.steps.count < depth {
      var further: [BoardingWalk] = []
      for walk in open {
        for step in walk.possibleSteps {
          var next = walk
          try next.take(step)
          if seen.insert(next.situation).inserted { further.append(next) }
        }
      }
      open = further
    }
    return seen
  }
}
