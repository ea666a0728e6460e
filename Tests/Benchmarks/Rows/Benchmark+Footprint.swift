internal import CLoadGenerator
internal import Foundation
internal import StoreBuilder

extension Benchmark {
  /// What a daemon costs that nobody asks.
  static let idle = Benchmark(
    name: "idle", title: "resident memory and wake-ups of an idle daemon with 100 accounts"
  ) { stage in
    let store = try await MadeStore.make(accounts: 100)
    return try await stage.withDaemon(store: store.path) { daemon in
      for _ in 0..<10 { _ = try FleetCall.summary.answer(at: daemon.socket) }
      let seconds = stage.choose(quick: 5.0, full: 20.0)
      // What is measured is a span of time in which nobody does anything.
      try await MachineClock().sleep(for: .seconds(2))
      let before = daemon.figures
      try await MachineClock().sleep(for: .seconds(seconds))
      let after = daemon.figures
      return [
        Figure("resident memory", after.residentBytes / 1_048_576, "MiB", .atMost(35)),
        Figure("wake-ups", after.wakeUps(since: before) / seconds, "/s", .atMost(2)),
        Figure("time on a core", (after.processorSeconds - before.processorSeconds) / seconds * 1_000, "ms/s"),
      ]
    }
  }

  /// Whether a daemon grows with the calls it has answered.
  static let endurance = Benchmark(
    name: "endurance", title: "resident memory from the first to the last of 10 million calls (quick: 300,000)"
  ) { stage in
    let calls = stage.choose(quick: 300_000, full: 10_000_000)
    let store = try await MadeStore.make(accounts: 1)
    return try await stage.withDaemon(store: store.path) { daemon in
      func ask(_ count: Int) async throws -> Double {
        _ = try await Load.run(
          .summary, at: daemon, Load.Plan(connections: 32, seconds: 86_400, warmUp: 0, mostCalls: count))
        return daemon.figures.residentBytes / 1_048_576
      }
      let first = try await ask(calls / 10)
      let last = try await ask(calls - calls / 10)
      return [
        Figure("growth after the first tenth", last / first, "", .atMost(1.02)),
        Figure("resident memory after a tenth", first, "MiB"), Figure("resident memory at the end", last, "MiB"),
      ]
    }
  }

  /// What an idle connection holds.
  static let connections = Benchmark(
    name: "connections", title: "resident memory of 10,000 idle connections, each of which has made a call"
  ) { stage in
    let count = 10_000
    var limit = rlimit(rlim_cur: 12_000, rlim_max: 12_000)
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 || limitIsEnough(count) else {
      throw BenchmarkFailure("so many open files are not allowed here (ulimit -n)")
    }
    let store = try await MadeStore.make(accounts: 1)
    let settings = ["usage-refresh": "off", "max-connections": "20000", "max-connections-per-user": "20000"]
    return try await stage.withDaemon(store: store.path, settings: settings) { daemon in
      func round() throws -> (silent: Double, used: Double, after: Double) {
        let none = daemon.figures.residentBytes
        let connections = try OpenConnections(daemon.socket, count: count)
        // The last one is accepted after all others.
        _ = try connections.answer(to: .summary, of: count - 1)
        let silent = daemon.figures.residentBytes
        for index in 0..<count { _ = try connections.answer(to: .summary, of: index) }
        let used = daemon.figures.residentBytes
        return ((silent - none) / Double(count), (used - none) / Double(count), used)
      }
      let first = try round()
      _ = try FleetCall.summary.answer(at: daemon.socket)
      let second = try round()
      return [
        Figure("a connection that has called", first.used / 1_024, "KiB", .atMost(10)),
        Figure("a connection that has not", first.silent / 1_024, "KiB"),
        Figure("with all of them for the second time", second.after / first.after, "", .atMost(1.02)),
        Figure("resident memory with all of them", first.after / 1_048_576, "MiB"),
      ]
    }
  }

  private static func limitIsEnough(_ count: Int) -> Bool {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_cur > UInt(count + 500)
  }
}
