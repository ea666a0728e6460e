import FleetTestSupport
import Testing

@testable import FleetSQLite

@Suite("readings of the state that are shared")
struct StateReadingsTests {
  /// What each party may be served with: a reading that began after it asked, or one found current after that.
  @Test("nobody is served with less than what was there when they asked", arguments: [1, 2, 3] as [UInt64])
  func freshness(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var readings = StateReadings<Int>()
    var version = 0
    var asked: [Int] = []
    var waiting: Set<Int> = []
    var reading: (party: Int, version: Int)?
    var readingsBegun = 0
    for _ in 0..<20_000 {
      switch generator.pick([0, 0, 0, 1, 2]) {
      case 0:
        let party = asked.count
        asked.append(version)
        if readings.join(party) {
          try #require(reading == nil)
          reading = (party, version)
          readingsBegun += 1
        } else {
          waiting.insert(party)
        }
      case 1: version += 1
      default:
        guard let ended = reading else { continue }
        let (served, next) = readings.ended(isCurrent: ended.version == version)
        for party in served {
          try #require(waiting.remove(party) != nil)
          try #require(ended.version >= asked[party])
        }
        reading = nil
        if let next {
          try #require(waiting.remove(next) != nil)
          reading = (next, version)
          readingsBegun += 1
        }
        // Nobody is left waiting for a reading that nobody makes.
        try #require(reading != nil || waiting.isEmpty)
      }
    }
    #expect(readingsBegun < asked.count / 2, "most are served by the readings of others")
  }

  @Test("a reading that is out of date at its end is made again by one of those who asked late")
  func late() {
    var readings = StateReadings<String>()
    func join(_ party: String) -> Bool { readings.join(party) }
    func ended(isCurrent: Bool) -> (served: [String], next: String?) { readings.ended(isCurrent: isCurrent) }
    #expect(join("first"))
    #expect(!join("second"))
    #expect(!join("third"))
    var (served, next) = ended(isCurrent: false)
    #expect(served.isEmpty && next == "second")
    #expect(!join("fourth"))
    // The third asked before this one began, and is served however things stand at its end.
    (served, next) = ended(isCurrent: false)
    #expect(served == ["third"] && next == "fourth")
    (served, next) = ended(isCurrent: true)
    #expect(served.isEmpty && next == nil)
    #expect(join("fifth"))
  }
}
