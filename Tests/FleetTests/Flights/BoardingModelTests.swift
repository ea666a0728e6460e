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
    var testDescription: String { "callers for \(keys), at most \(flights) flights and \(waiters) waiters" }
  }

  @Test(
    "nobody is forgotten, resumed twice, or kept waiting by what may never end",
    arguments: [
      Cast(keys: [1, 1, 1]), Cast(keys: [1, 1, 2]), Cast(keys: [1, 2, 2], flights: 1),
      Cast(keys: [1, 1, 2], waiters: 2),
      Cast(keys: [1, 1], flights: 0), Cast(keys: [1, 2, 1], flights: 1, waiters: 1),
    ])
  func everyInterleaving(cast: Cast) throws {
    var seen: Set<BoardingWalk.Situation> = []
    var endings = 0
    var open = [BoardingWalk(keys: cast.keys, flightLimit: cast.flights, waiterLimit: cast.waiters)]
    while let walk = open.popLast() {
      let steps = walk.possibleSteps
      if steps.isEmpty { endings += 1 }
      for step in steps {
        var next = walk
        try next.take(step)
        if seen.insert(next.situation).inserted { open.append(next) }
      }
    }
    #expect(endings > 0 && seen.count > 10)
  }
}
