internal import Fleet
internal import FleetSQLite
internal import FleetServer
internal import JSONRPC
internal import StoreBuilder

/// The pieces that a call is made of, each by itself in this process.
enum PieceBenchmark {
  static let all: [Benchmark] = [waiters, projection, serialisation, authentication, framing, decoding]

  /// Many waiters on one flight.
  private static let waiters = Benchmark(
    name: "piece-singleflight", title: "many waiters on one flight, all cancelled before its work ends"
  ) { stage in
    let runs = stage.choose(quick: 1, full: 5)
    func each(_ waiters: Int) async throws -> Double {
      var costs: [Double] = []
      for _ in 0..<runs { costs.append(try await WaiterBenchmark.run(waiters: waiters).each / .nanoseconds(1)) }
      return costs.median
    }
    let (few, many) = (try await each(10_000), try await each(100_000))
    return [
      Figure("a waiter among 100,000 to one among 10,000", many / few), Figure("a waiter among 10,000", few, "ns"),
      Figure("a waiter among 100,000", many, "ns"),
    ]
  }

  private static let projection = Benchmark(
    name: "piece-projection", title: "statuses and windows of 100 accounts, derived from their rows"
  ) { stage in
    let look = try await look()
    let cost = Repetition.cost(stage) { () -> Int in look.summary().accounts.count }
    return [Figure("100 accounts", cost / 1_000, "µs"), Figure("one account", cost / 100, "ns")]
  }

  private static let serialisation = Benchmark(
    name: "piece-serialisation", title: "100 accounts written as JSON"
  ) { stage in
    let summary = try await look().summary()
    let bytes = summary.accountsJSON().count
    let cost = Repetition.cost(stage) { () -> Int in summary.accountsJSON().count }
    return [
      Figure("100 accounts", cost / 1_000, "µs"), Figure("one account", cost / 100, "ns"),
      Figure("speed", Double(bytes) / cost * 1_000, "MB/s"),
    ]
  }

  private static let authentication = Benchmark(
    name: "piece-authentication", title: "the caller behind a token that has asked before"
  ) { stage in
    let cost = try await stage.authenticationCost()
    return [Figure("digest of the token", cost.digest, "ns"), Figure("digest and caller", cost.whole, "ns")]
  }

  /// A look at 100 accounts for who sees everything.
  private static func look() async throws -> FleetLook {
    let store = try await MadeStore.make(accounts: 100)
    let opened = try await store.open()
    let state = try await opened.state()
    guard let key = try await opened.apiKey(digest: MadeStore.digest) else { throw BenchmarkFailure("no key") }
    await opened.close()
    let now = MachineClock().now
    return FleetLook(at: state, for: try Caller(key: key, now: now), now: now, refreshInterval: .seconds(60))
  }

  private static let framing = Benchmark(
    name: "piece-framing", title: "a line cut out of the stream it came in"
  ) { stage in
    var framer = LineFramer(maximumLineLength: 1 << 20)
    let line = Array(FleetCall.summary.line.utf8)
    let cost = Repetition.cost(stage) { () -> Int in
      framer.append(line)
      var count = 0
      while case .line(let line) = framer.next() { count += line.count }
      return count
    }
    return [Figure("a line", cost, "ns")]
  }

  private static let decoding = Benchmark(
    name: "piece-decoding", title: "a request read out of its line"
  ) { stage in
    let line = Array(FleetCall.summary.line.dropLast().utf8)
    let cost = Repetition.cost(stage) { () -> Int in
      if case .request(let request) = RPCMessage.decode(line) { request.method.utf8.count } else { 0 }
    }
    return [Figure("a request", cost, "ns")]
  }
}

/// Does a piece of work over and over.
enum Repetition {
  /// Nanoseconds for one time: the shortest of several turns, which is the least disturbed one.
  static func cost(_ stage: Stage, _ work: () -> Int) -> Double {
    let clock = ContinuousClock()
    var count = 1
    var sum = 0
    func turn(_ count: Int) -> Duration {
      let begun = clock.now
      for _ in 0..<count { sum &+= work() }
      return clock.now - begun
    }
    while turn(count) < .milliseconds(20) { count *= 2 }
    let turns = (0..<stage.choose(quick: 10, full: 50)).map { _ in turn(count) / .nanoseconds(1) / Double(count) }
    // What was done has to be seen to be used, or it would not be done.
    precondition(sum != .min)
    return turns.min() ?? .nan
  }
}
