import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Background refresh", .timeLimit(.minutes(5)))
struct BackgroundRefreshTests {
  private struct Background {
    let bench: RefreshBench
    let activity: CallActivity
    let task: Task<Void, Never>

    init(
      accounts: Int, runsWhenIdle: Bool = true, gate: Gate? = nil,
      change: (inout InMemoryFleetStore.State) -> Void = { _ in }
    ) {
      bench = RefreshBench(accounts: accounts, gate: gate)
      bench.store.change(change)
      activity = CallActivity(clock: bench.clock)
      let background = BackgroundRefresh(
        store: bench.store, refreshes: bench.coordinator, activity: activity, clock: bench.clock,
        interval: .seconds(60), runsWhenIdle: runsWhenIdle)
      task = Task { await background.run() }
    }

    /// Lets one pause pass, which is a tenth longer than needed at most.
    func pass(_ pause: Duration) async {
      await bench.clock.sleepers(1)
      bench.clock.advance(by: pause * 1.1)
      await bench.clock.sleepers(1)
    }

    func end() async {
      task.cancel()
      await task.value
      await bench.expectAtRest()
    }
  }

  @Test("the accounts are asked for one at a time, spread over the interval, each once in it")
  func spread() async throws {
    let background = Background(accounts: 3)
    for count in 1...6 {
      await background.pass(.seconds(20))
      #expect(background.bench.upstream[\.requests].count == count)
    }
    let asked = background.bench.upstream.askedFor
    #expect(asked == ["acc-10", "acc-11", "acc-12", "acc-10", "acc-11", "acc-12"].map { "chatgpt-\($0)" })
    #expect(background.bench.upstream[\.most] == 1)
    await background.end()
  }

  @Test("what a look takes is taken off the next pause, and never makes an account be asked for too early")
  func slowUpstream() async throws {
    let gate = Gate()
    let background = Background(accounts: 3, gate: gate)
    let clock = background.bench.clock
    await clock.sleepers(1)
    clock.advance(by: .seconds(22))
    var ended: [Duration] = []
    // One account is slower than the others.
    for count in 1...7 {
      await gate.arrivals(count)
      if count > 3 { #expect(clock.uptime - ended[count - 4] >= .seconds(60)) }
      clock.advance(by: .seconds(count % 3 == 1 ? 14 : 5))
      gate.letThrough(1)
      ended.append(clock.uptime)
      await clock.sleepers(1)
      // The next one is due 22 seconds after this one at the latest, or an interval after its own last look.
      let next = count < 3 ? .zero : ended[count - 3] + .seconds(60) - clock.uptime
      clock.advance(by: max(next, .seconds(count % 3 == 1 ? 8 : 17)))
    }
    await gate.arrivals(8)
    gate.open()
    await background.end()
  }

  @Test("the upstream is not asked earlier than an interval after the last time")
  func notEarlier() async throws {
    let background = Background(accounts: 1)
    await background.pass(.seconds(60))
    await background.bench.clock.sleepers(1)
    background.bench.clock.advance(by: .seconds(59))
    #expect(background.bench.upstream[\.requests].count == 1)
    await background.end()
  }

  @Test("accounts that may not be refreshed are left out, and none at all are looked for again later")
  func leftOut() async throws {
    let background = Background(accounts: 2) { state in
      for id in state.candidates.keys { state.candidates[id]?.account.status = .paused }
    }
    await background.pass(.seconds(60))
    #expect(background.bench.upstream[\.requests].isEmpty)
    background.bench.store.change { $0.candidates[AccountID("acc-11")]?.account.status = .active }
    await background.pass(.seconds(60))
    await background.pass(.seconds(60))
    #expect(background.bench.upstream.askedFor == ["chatgpt-acc-11"])
    await background.end()
  }

  @Test("ended during a look it leaves at once, and the look goes on to its end")
  func endedDuringALook() async throws {
    let gate = Gate()
    let background = Background(accounts: 1, gate: gate)
    await background.bench.clock.sleepers(1)
    background.bench.clock.advance(by: .seconds(66))
    await gate.arrivals(1)
    background.task.cancel()
    await background.task.value
    #expect(background.bench.store[\.writes].isEmpty)
    gate.open()
    await background.bench.expectAtRest()
    #expect(background.bench.store[\.writes].count == 1)
  }

  @Test("a store that cannot be read has no accounts for a round, and is looked at again in the next")
  func storeUnavailable() async throws {
    let background = Background(accounts: 1) { $0.failures[.snapshot] = StoreError(.busy, "locked") }
    await background.pass(.seconds(60))
    #expect(background.bench.upstream[\.requests].isEmpty)
    background.bench.store.fail(.snapshot, nil)
    await background.pass(.seconds(60))
    await background.pass(.seconds(60))
    #expect(background.bench.upstream.askedFor == ["chatgpt-acc-10"])
    await background.end()
  }

  @Test("a look for which there is no room is let be, and nothing is said of it")
  func noRoom() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 2, gate: gate, limits: .init(flights: 1))
    let refresh = bench.start(.only([AccountID("acc-10")]))
    await gate.arrivals(1)
    await bench.coordinator.visit(AccountID("acc-11"))
    #expect(!bench.observer.events.contains { if case .backgroundRefreshEnded = $0 { true } else { false } })
    gate.open()
    #expect(try await refresh.value.results == [.written])
    #expect(bench.upstream.askedFor == ["chatgpt-acc-10"])
    await bench.expectAtRest()
  }

  @Test("looks go through the flights that callers use")
  func sharedFlights() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, gate: gate)
    let caller = bench.start()
    await gate.arrivals(1)
    let visit = Task { await bench.coordinator.visit(AccountID("acc-10")) }
    await until { bench.coordinator.statistics.flights.joined == 1 }
    gate.open()
    await visit.value
    _ = try await caller.value
    #expect(bench.upstream[\.requests].count == 1)
    await bench.expectAtRest()
  }

  @Test("nobody is asked for nobody: it rests an hour after the last call, and goes on with the next")
  func idle() async throws {
    let background = Background(accounts: 1, runsWhenIdle: false)
    for _ in 0..<60 { await background.pass(.seconds(60)) }
    let count = background.bench.upstream[\.requests].count
    #expect((50..<60).contains(count))
    for _ in 0..<5 { await background.pass(.seconds(60)) }
    #expect(background.bench.upstream[\.requests].count == count)
    background.activity.note(at: background.bench.clock.uptime)
    await background.pass(.seconds(60))
    #expect(background.bench.upstream[\.requests].count == count + 1)
    await background.end()
  }

  @Test("it goes on through quiet hours unless told otherwise")
  func neverIdle() async throws {
    let background = Background(accounts: 1)
    for _ in 0..<70 { await background.pass(.seconds(60)) }
    #expect(background.bench.upstream[\.requests].count == 70)
    await background.end()
  }

  @Test("a drain admits no further look, and waits for the one that runs")
  func drain() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 2, gate: gate)
    let visit = Task { await bench.coordinator.visit(AccountID("acc-10")) }
    await gate.arrivals(1)
    let drain = Task { await bench.coordinator.drain(within: .seconds(30)) }
    await bench.clock.sleepers(1)
    await bench.coordinator.visit(AccountID("acc-11"))
    gate.open()
    #expect(await drain.value)
    await visit.value
    #expect(bench.upstream.askedFor == ["chatgpt-acc-10"])
    await bench.expectAtRest()
  }

  @Test("a look that outlasts the drain limit is named")
  func overdue() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, gate: gate)
    let visit = Task { await bench.coordinator.visit(AccountID("acc-10")) }
    await gate.arrivals(1)
    #expect(await !bench.coordinator.drain(within: .zero))
    #expect(
      bench.observer.events.contains {
        if case .drainOverdue(_, [AccountID("acc-10")]) = $0 { true } else { false }
      })
    gate.open()
    await visit.value
    await bench.expectAtRest()
  }
}
