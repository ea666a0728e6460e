internal import Foundation
internal import StoreBuilder

extension Benchmark {
  /// What a call takes from the heap.
  static let allocations = Benchmark(
    name: "allocations", title: "what the daemon allocates for a summary of 100 accounts"
  ) { stage in
    guard FileManager.default.fileExists(atPath: AllocationCounts.library) else {
      throw BenchmarkFailure("there is no \(AllocationCounts.library): 'make bench' builds it")
    }
    let store = try await MadeStore.make(accounts: 100)
    let counts = AllocationCounts(path: stage.folder.file("allocations"))
    let environment = ["LD_PRELOAD": AllocationCounts.library, "MALLOC_COUNTS": counts.path]
    return try await stage.withDaemon(store: store.path, environment: environment) { daemon in
      let calls = 2_000
      let plan = Load.Plan(seconds: 60, warmUp: 0, mostCalls: calls)
      _ = try await Load.run(.summary, at: daemon, plan)
      let before = try counts.now()
      _ = try await Load.run(.summary, at: daemon, plan)
      let after = try counts.now()
      let connection = try OpenConnections(daemon.socket, count: 1)
      let changes = 50
      let beforeChanges = try counts.now()
      for number in 0..<changes {
        try store.execute("UPDATE accounts SET blocked_at = \(number) WHERE id = 'account-00000'")
        _ = try connection.answer(to: .summary, of: 0)
      }
      let afterChanges = try counts.now()
      return [
        Figure("a call", (after.count - before.count) / Double(calls)),
        Figure("bytes a call", (after.bytes - before.bytes) / Double(calls), "B"),
        Figure("a call after a change", (afterChanges.count - beforeChanges.count) / Double(changes)),
      ]
    }
  }
}

/// What a program has allocated that runs with the counter preloaded.
struct AllocationCounts: Sendable {
  /// The counter, built beside this program.
  static let library = URL(fileURLWithPath: Stage.ownProgram).deletingLastPathComponent()
    .appendingPathComponent("libmalloc-counter.so").path

  /// The file it counts in.
  let path: String

  /// The counts so far.
  func now() throws -> (count: Double, bytes: Double) {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard data.count >= 16 else { throw BenchmarkFailure("nobody counts allocations in \(path)") }
    return data.withUnsafeBytes { bytes in
      (Double(bytes.loadUnaligned(as: UInt64.self)), Double(bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}
