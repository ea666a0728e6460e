/// A daemon and an echo server of the same bytes, asked in turn: what disturbs the machine disturbs both.
struct Duel: Sendable {
  /// One turn of each.
  struct Round: Sendable {
    var daemon: Load
    var echo: Load
  }

  let rounds: [Round]

  /// Runs so many rounds.
  static func run(
    _ call: FleetCall, daemon: ServerProcess, echo: ServerProcess, rounds count: Int, _ plan: Load.Plan
  ) async throws -> Duel {
    var rounds: [Round] = []
    for _ in 0..<count {
      let daemonLoad = try await Load.run(call, at: daemon, plan)
      rounds.append(Round(daemon: daemonLoad, echo: try await Load.run(call, at: echo, plan)))
    }
    return Duel(rounds: rounds)
  }

  /// The median over the rounds of the daemon's figure divided by the echo's.
  func ratio(_ figure: (Load) -> Double) -> Double { rounds.map { figure($0.daemon) / figure($0.echo) }.median }

  /// The median over the rounds of the daemon's figure.
  func ofDaemon(_ figure: (Load) -> Double) -> Double { rounds.map { figure($0.daemon) }.median }

  /// The median over the rounds of the echo's figure.
  func ofEcho(_ figure: (Load) -> Double) -> Double { rounds.map { figure($0.echo) }.median }
}
