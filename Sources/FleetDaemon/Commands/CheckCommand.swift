internal import ArgumentParser
internal import Fleet
internal import FleetSQLite
internal import FleetServer
internal import FleetUpstream

/// `codex-fleetd check`.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks settings, store, encryption key, socket and upstream; exits with 1 when something is wrong.",
    discussion: "Adds and removes nothing. A store that does not exist yet is made when the daemon first starts.")

  @OptionGroup var options: DaemonOptions

  func run() async throws {
    let environment = ProcessEnvironment.variables
    let configuration = try options.configuration(environment)
    var report = CheckReport()
    try report.add("settings", .success("understood"))
    try report.add("store", await checkStore(configuration, environment))
    try report.add("socket", checkSocket(configuration))
    try report.add("upstream", await checkUpstream(configuration))
    if !report.isClean { throw ExitCode.failure }
  }

  private func checkStore(
    _ configuration: DaemonConfiguration, _ environment: [String: String]
  ) async -> Result<String, CheckReport.Fault> {
    let selection = StoreSelection(configuration, environment: environment)
    do throws(StoreError) {
      guard let store = try await selection.openExisting() else {
        return .success(
          "none at \(try selection.path()) yet, it is made when the daemon first starts; one that has run already has"
            + " another store: give its --store or STATE_DIRECTORY")
      }
      let finding = await examine(store)
      await store.close()
      return finding
    } catch {
      return .failure(CheckReport.Fault(error.message))
    }
  }

  private func examine(_ store: SQLiteFleetStore) async -> Result<String, CheckReport.Fault> {
    do throws(StoreError) {
      let accounts = try await store.snapshot(of: .all).accounts.count
      try await store.openSession().close()
      return .success("\(store.path) (\(store.kind.rawValue)): the key fits, \(accounts) accounts")
    } catch {
      return .failure(CheckReport.Fault(error.message))
    }
  }

  private func checkSocket(_ configuration: DaemonConfiguration) -> Result<String, CheckReport.Fault> {
    let path = configuration.socketPath
    do throws(ListeningError) {
      switch try FleetServer.occupant(ofSocket: path) {
      case .nobody: return .success("\(path) is free")
      case .server: return .success("a daemon answers at \(path)")
      }
    } catch {
      return .failure(CheckReport.Fault("\(error)"))
    }
  }

  private func checkUpstream(_ configuration: DaemonConfiguration) async -> Result<String, CheckReport.Fault> {
    do {
      let upstream = try configuration.upstream(clock: SystemClock())
      let answer = await upstream.usage(
        for: UsageRequest(accessToken: Secret("check"), chatGPTAccountID: nil, route: .direct))
      await upstream.shutdown()
      switch answer {
      case .failure(let failure) where failure.kind == .timedOut || failure.kind == .unreachable:
        return .failure(
          CheckReport.Fault("\(configuration.upstreamURL) cannot be reached; check the network, or --upstream-url"))
      case .failure, .payload: return .success("\(configuration.upstreamURL) answers")
      }
    } catch {
      return .failure(CheckReport.Fault("\(error)"))
    }
  }
}
