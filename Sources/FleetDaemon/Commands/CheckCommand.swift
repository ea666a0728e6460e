internal import ArgumentParser
internal import Fleet
internal import FleetClient
internal import FleetSQLite
internal import FleetServer
internal import FleetUpstream

/// `codex-fleetd check`.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Checks settings, store, encryption key, socket, upstream and login service; exits with 1 when something is wrong.",
    discussion: "Adds and removes nothing. A store that does not exist yet is made when the daemon first starts.")

  @OptionGroup var options: DaemonOptions

  private typealias Finding = Result<String, CheckReport.Fault>

  /// How long a daemon that listens may take to answer.
  private static let answerLimit = Duration.seconds(5)

  func run() async throws {
    let environment = ProcessEnvironment.variables
    let configuration = try options.configuration(environment)
    var report = CheckReport()
    try report.add("settings", .success("understood"))
    try report.add("store", await checkStore(configuration, environment))
    try report.add("socket", await checkSocket(configuration))
    let provider = await checkProvider(configuration)
    try report.add("upstream", provider.usage)
    try report.add("login service", provider.login)
    if !report.isClean { throw ExitCode.failure }
  }

  private func checkStore(_ configuration: DaemonConfiguration, _ environment: [String: String]) async -> Finding {
    let selection = StoreSelection(configuration, environment: environment)
    do throws(StoreError) {
      guard let store = try await selection.openExisting() else {
        return .success(
          "none at \(try selection.path()) yet, it is made when the daemon first starts; one that has run already has"
            + " another store: give its --store or STATE_DIRECTORY")
      }
      let finding = await examine(store, isWritten: configuration.usageRefresh == .on)
      await store.close()
      return finding
    } catch {
      return .failure(CheckReport.Fault(error.message))
    }
  }

  private func examine(_ store: SQLiteFleetStore, isWritten: Bool) async -> Finding {
    do throws(StoreError) {
      let accounts = try await store.snapshot(of: .all).accounts.count
      try await store.openSession().close()
      // A codex-lb's that nobody is asked for is only read.
      if isWritten || store.kind == .own { try await store.requireWritable() }
      if store.kind == .own, let fault = SharedDirectory.fault(around: store.path) {
        return .failure(CheckReport.Fault(fault))
      }
      return .success("\(store.path) (\(store.kind.rawValue)): the key fits, \(accounts) accounts")
    } catch {
      return .failure(CheckReport.Fault(error.message))
    }
  }

  private func checkSocket(_ configuration: DaemonConfiguration) async -> Finding {
    let path = configuration.socketPath
    do throws(ListeningError) {
      let finding =
        switch try FleetServer.occupant(ofSocket: path) {
        case .nobody: Finding.success("\(path) is free")
        case .server: await ask(path)
        }
      guard case .success = finding, let fault = SharedDirectory.fault(around: path) else { return finding }
      return .failure(CheckReport.Fault(fault))
    } catch {
      return .failure(CheckReport.Fault(configuration.words(for: error)))
    }
  }

  /// Finds out whether what listens at the socket is a daemon.
  private func ask(_ path: String) async -> Finding {
    switch await DaemonProbe(socketPath: path, limit: Self.answerLimit, clock: SystemClock()).health() {
    case .success(let health): .success("a daemon answers at \(path), version \(health.version)")
    case .failure(let fault) where fault.isDaemons: .failure(.init("the daemon at \(path) refuses to answer: \(fault)"))
    case .failure(let fault): .failure(.init("something listens at \(path) and does not answer as a daemon: \(fault)"))
    }
  }

  private func checkProvider(_ configuration: DaemonConfiguration) async -> (usage: Finding, login: Finding) {
    let upstream: CodexUpstream
    do {
      upstream = try configuration.upstream(clock: SystemClock())
    } catch {
      let fault = Finding.failure(CheckReport.Fault("\(error)"))
      return (fault, fault)
    }
    // Neither of the two is anybody's: what counts is that there is somebody to refuse them.
    async let usage = upstream.usage(
      for: UsageRequest(accessToken: Secret("check"), chatGPTAccountID: nil, route: .direct))
    async let login = upstream.exchange(TokenRequest(refreshToken: Secret("check"), route: .direct))
    var findings = (
      usage: Finding.success("\(configuration.upstreamURL) answers"),
      login: Finding.success("\(configuration.authURL) answers")
    )
    if case .failure(let failure) = await usage {
      findings.usage = finding(failure, of: configuration.upstreamURL, as: "usage API", "--upstream-url")
    }
    if case .failure(let failure) = await login {
      findings.login = finding(failure, of: configuration.authURL, as: "login service", "--auth-url")
    }
    await upstream.shutdown()
    return findings
  }

  /// What a service's refusal of the question says of the address.
  private func finding(
    _ failure: UpstreamFailure, of address: String, as service: String, _ flag: String
  ) -> Finding {
    switch failure.kind {
    case .unreachable, .proxyUnreachable:
      .failure(CheckReport.Fault("\(address) cannot be reached; check the network, or \(flag)"))
    case .timedOut:
      .failure(CheckReport.Fault("\(address) does not answer in time; check the network, or \(flag)"))
    // A refresh would take it for the word that the account is gone.
    case .status(404): .failure(CheckReport.Fault("\(address) has no \(service); check \(flag)"))
    case .status, .invalidPayload: .success("\(address) answers")
    }
  }
}
