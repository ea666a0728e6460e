internal import StoreBuilder

/// `fleet.summary` of 100 accounts over several connections, against the echo of the same bytes.
enum SummaryBenchmark {
  static let all: [Benchmark] =
    [8, 32].map { connections in
      Benchmark(
        name: "summary-\(connections)",
        title: "fleet.summary, 100 accounts, \(connections) connections, against the echo"
      ) { stage in
        let store = try await MadeStore.make(accounts: 100)
        return try await stage.withDaemon(store: store.path) { daemon in
          try await stage.duel(with: daemon, connections: connections, atLeast: 0.6, p99: 2)
        }
      }
    }
    + [8, 32].map { connections in
      Benchmark(
        name: "summary-\(connections)-busy",
        title: "the same with a subscription open and a refresh of all accounts every second"
      ) { stage in
        try await stage.withBusyDaemon(accounts: 100) { daemon in
          try await stage.duel(with: daemon, connections: connections, atLeast: 0.5, p99: nil)
        }
      }
    }
}

extension Stage {
  /// Puts a daemon beside the echo of its summary.
  func duel(
    with daemon: ServerProcess, connections: Int, atLeast share: Double, p99 bound: Double?
  ) async throws -> [Figure] {
    let answer = try FleetCall.summary.answer(at: daemon.socket)
    return try await withEcho(of: answer) { echo in
      let duel = try await Duel.run(
        .summary, daemon: daemon, echo: echo, rounds: choose(quick: 3, full: 9),
        Load.Plan(connections: connections, seconds: choose(quick: 1, full: 2)))
      return [
        Figure("throughput, daemon to echo", duel.ratio(\.rate), "", .atLeast(share)),
        Figure("p99, daemon to echo", duel.ratio { $0.latency(99) }, "", bound.map { .atMost($0) }),
        Figure("bytes an answer", Double(answer.count), "B"),
        Figure("daemon's calls a second", duel.ofDaemon(\.rate), "/s"),
        Figure("echo's calls a second", duel.ofEcho(\.rate), "/s"),
        Figure("daemon's p50", duel.ofDaemon { $0.latency(50) }, "µs"),
        Figure("daemon's p99", duel.ofDaemon { $0.latency(99) }, "µs"),
        Figure("daemon's p99.9", duel.ofDaemon { $0.latency(99.9) }, "µs"),
        Figure("echo's p50", duel.ofEcho { $0.latency(50) }, "µs"),
        Figure("echo's p99", duel.ofEcho { $0.latency(99) }, "µs"),
        Figure("daemon's time on a core for a call", duel.ofDaemon(\.processorMicroseconds), "µs"),
        Figure("echo's time on a core for a call", duel.ofEcho(\.processorMicroseconds), "µs"),
        Figure("daemon's resident memory", daemon.figures.residentBytes / 1_048_576, "MiB"),
        Figure("echo's resident memory", echo.figures.residentBytes / 1_048_576, "MiB"),
      ]
    }
  }
}
