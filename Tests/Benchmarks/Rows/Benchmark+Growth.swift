internal import StoreBuilder

extension Benchmark {
  /// What one caller waits for an answer.
  static let singleCall = Benchmark(
    name: "single-call", title: "one connection, one call at a time, against the echo of the same bytes"
  ) { stage in
    var figures: [Figure] = []
    for accounts in [1, 100] {
      let store = try await MadeStore.make(accounts: accounts)
      figures += try await stage.withDaemon(store: store.path) { daemon in
        try await stage.withEcho(of: FleetCall.summary.answer(at: daemon.socket)) { echo in
          let duel = try await Duel.run(
            .summary, daemon: daemon, echo: echo, rounds: stage.choose(quick: 3, full: 9),
            Load.Plan(seconds: stage.choose(quick: 0.5, full: 1)))
          return [
            Figure("median of \(accounts), daemon to echo", duel.ratio { $0.latency(50) }, "", .atMost(1.5)),
            Figure("daemon's median of \(accounts)", duel.ofDaemon { $0.latency(50) }, "µs"),
            Figure("echo's median of \(accounts)", duel.ofEcho { $0.latency(50) }, "µs"),
            Figure("daemon's p99 of \(accounts)", duel.ofDaemon { $0.latency(99) }, "µs"),
          ]
        }
      }
    }
    return figures
  }

  /// What a summary costs as accounts grow: unchanged, and after every account's store has changed.
  static let accountGrowth = Benchmark(
    name: "account-growth", title: "cost of a summary for each byte of it, from 100 to 10,000 accounts"
  ) { stage in
    var costs: [SummaryCost] = []
    let counts = [100, 1_000, 10_000]
    for accounts in counts {
      costs.append(try await stage.cost(of: MadeStore.make(accounts: accounts)))
    }
    let (few, many) = (costs[0], costs[2])
    return [
      Figure("unchanged, 10,000 to 100", many.unchangedPerByte / few.unchangedPerByte, "", .atMost(1)),
      Figure("after a change, 10,000 to 100", many.changedPerByte / few.changedPerByte, "", .atMost(1)),
    ]
      + zip(counts, costs).flatMap { accounts, cost in
        [
          Figure("\(accounts) accounts, unchanged", cost.unchangedMicroseconds, "µs"),
          Figure("\(accounts) accounts, after a change", cost.changedMicroseconds, "µs"),
        ]
      }
  }

  /// What a summary costs as history grows.
  static let historyGrowth = Benchmark(
    name: "history-growth", title: "cost of a summary of 100 accounts, from 3 to 1,000 rows of history each"
  ) { stage in
    let short = try await MadeStore.make(accounts: 100)
    let long = try await MadeStore.make(accounts: 100, history: 1_000)
    return try await stage.withDaemon(store: short.path) { shortDaemon in
      try await stage.withDaemon("longer", store: long.path) { longDaemon in
        let duel = try await Duel.run(
          .summary, daemon: longDaemon, echo: shortDaemon, rounds: stage.choose(quick: 5, full: 9),
          Load.Plan(seconds: stage.choose(quick: 0.5, full: 1)))
        var changed: [(short: Double, long: Double)] = []
        for number in 0..<stage.choose(quick: 51, full: 201) {
          changed.append(
            (
              try short.costOfSummary(afterChange: number, at: shortDaemon),
              try long.costOfSummary(afterChange: number, at: longDaemon)
            ))
        }
        return [
          Figure("unchanged, 1,000 rows to 3", duel.ratio(\.processorMicroseconds), "", .atMost(1.05)),
          Figure("after a change, 1,000 rows to 3", changed.map { $0.long / $0.short }.median, "", .atMost(1.05)),
          Figure("3 rows, after a change", changed.map(\.short).median, "µs"),
          Figure("1,000 rows, after a change", changed.map(\.long).median, "µs"),
        ]
      }
    }
  }
}

/// What one summary costs, as one caller that asks again and again sees it.
struct SummaryCost: Sendable {
  /// Bytes of the answer.
  var bytes: Double
  /// When nothing has changed: time on a core, in microseconds.
  var unchangedMicroseconds: Double
  /// When something has changed since the last one: the median time until the answer is there, in microseconds.
  var changedMicroseconds: Double

  var unchangedPerByte: Double { unchangedMicroseconds / bytes }
  var changedPerByte: Double { changedMicroseconds / bytes }
}

extension Stage {
  /// Measures what a summary of a store costs.
  func cost(of store: OwnStore) async throws -> SummaryCost {
    try await withDaemon(store: store.path) { daemon in
      let answer = try FleetCall.summary.answer(at: daemon.socket)
      let loads = try await Duel.run(
        .summary, daemon: daemon, echo: daemon, rounds: choose(quick: 2, full: 3),
        Load.Plan(seconds: choose(quick: 0.5, full: 1), warmUp: 5))
      let times = try (0..<choose(quick: 15, full: 51)).map { number in
        try store.costOfSummary(afterChange: number, at: daemon)
      }
      return SummaryCost(
        bytes: Double(answer.count), unchangedMicroseconds: loads.ofDaemon(\.processorMicroseconds),
        changedMicroseconds: times.median)
    }
  }
}

extension OwnStore {
  /// Microseconds until a summary is there that shows a change that another process has just committed.
  fileprivate func costOfSummary(afterChange number: Int, at daemon: ServerProcess) throws -> Double {
    let connection = try OpenConnections(daemon.socket, count: 1)
    try execute("UPDATE accounts SET blocked_at = \(number) WHERE id = 'account-00000'")
    let clock = ContinuousClock()
    let begun = clock.now
    _ = try connection.answer(to: .summary, of: 0)
    return (clock.now - begun) / .microseconds(1)
  }
}
