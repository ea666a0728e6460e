internal import Fleet
internal import FleetClient

/// A question to whatever listens at a socket: whether it answers as a daemon does.
struct DaemonProbe {
  /// Why there is no such answer.
  struct Fault: Error, CustomStringConvertible {
    /// Whether a daemon has said so itself.
    let isDaemons: Bool
    /// What happened, for people.
    let description: String
  }

  let socketPath: String
  /// How long the answer may take.
  let limit: Duration
  let clock: any FleetClock

  /// What the daemon says of itself, asked on a connection of its own.
  func health() async -> Result<FleetClient.Health, Fault> {
    await withTaskGroup(of: Result<FleetClient.Health, Fault>.self) { group in
      group.addTask { [socketPath] in
        let client = FleetClient(socketPath: socketPath, token: nil)
        defer { client.close() }
        do {
          return .success(try await client.health())
        } catch let error as FleetClient.Failure {
          guard case .rpc(let answer) = error else {
            return .failure(Fault(isDaemons: false, description: "\(error)"))
          }
          return .failure(Fault(isDaemons: true, description: "\(answer)"))
        } catch {
          return .failure(Fault(isDaemons: false, description: "\(error)"))
        }
      }
      let silence = Result<FleetClient.Health, Fault>.failure(
        Fault(isDaemons: false, description: "no answer within \(limit)"))
      group.addTask { [clock, limit] in
        try? await clock.sleep(for: limit)
        return silence
      }
      defer { group.cancelAll() }
      return await group.next() ?? silence
    }
  }
}
