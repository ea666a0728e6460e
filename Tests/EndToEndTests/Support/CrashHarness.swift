import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

/// Two daemons on one store, of which at least one is killed in every round, and a look at what is left.
final class CrashHarness {
  /// What came out over all rounds.
  struct Report {
    /// Exchanges that brought new tokens.
    var exchanges = 0
    var kills = 0
    /// Logins that a kill between the answer and the commit has lost, with the time from the answer to the kill.
    var lostInWindow: [Double] = []
    /// Logins whose answer went to a daemon that was being killed already, so that nobody ever had it.
    var answeredToTheDead = 0
    /// Logins lost in any other way; there must be none.
    var unexplained: [String] = []
    /// The times from an answer to the daemon's word that its tokens are committed, in seconds.
    var windows: [Double] = []

    func text(rounds: Int) -> String {
      let sorted = windows.sorted()
      func milliseconds(_ seconds: Double?) -> String { seconds.map { String(format: "%.1f ms", $0 * 1_000) } ?? "-" }
      return """
        crash test: \(rounds) rounds, \(kills) kills, \(exchanges) exchanges
          logins lost to a kill between answer and commit: \(lostInWindow.count), after the answer by at most \
        \(milliseconds(lostInWindow.max()))
          logins whose answer went to a daemon that was being killed already: \(answeredToTheDead)
          logins lost otherwise: \(unexplained.count)
          from answer to commit: median \(milliseconds(sorted.isEmpty ? nil : sorted[sorted.count / 2])), \
        greatest \(milliseconds(sorted.last)), of \(sorted.count)
        """
    }
  }

  private(set) var report = Report()
  /// Tokens that a kill has left in the store used; whoever comes next presents them.
  private var excused: Set<String> = []
  private let names: [String]
  private let upstream: UpstreamSimulator
  private let store: CodexLBStore
  private let folder: TemporaryDirectory
  private var randomness = SystemRandomNumberGenerator()

  init(accounts: Int) async throws {
    let upstream = try await UpstreamSimulator.start()
    let names = Scene.names(accounts)
    for name in names { upstream.add(SimulatedAccount(id: name)) }
    store = try CodexLBStore.build {
      names.map { name in
        StoredAccount(name).with {
          $0.accessToken = upstream.accessToken(of: name)
          $0.refreshToken = upstream.refreshToken(of: name)
        }
      }
      StoredKey("full")
    }
    folder = try TemporaryDirectory()
    self.names = names
    self.upstream = upstream
  }

  /// One round: both refresh everything, every access token is refused, one or both are killed while they exchange.
  func run(_ round: Int) async throws {
    for name in names { upstream.expireAccessToken(of: name) }
    upstream.behave(UpstreamBehaviour(latency: .microseconds(.random(in: 0...4_000))), call: .token)
    var daemons: [String: DaemonProcess] = [:]
    for name in ["left", "right"] {
      daemons[name] = try await DaemonProcess.start(
        name, in: folder, store: store.directory.path, upstream: upstream.baseURL)
    }
    let known = upstream.exchanges.count
    let asked = upstream.counters.tokenRequests
    let refreshes = try daemons.mapValues { daemon in
      let connection = try RawConnection(daemon.socketPath)
      try connection.send(Scene.line("fleet.refresh", token: Scene.token, accounts: nil))
      return connection
    }
    let victims = [["left"], ["right"], ["left", "right"]].randomElement(using: &randomness) ?? []
    await upstream.waitForTokenRequests(asked + .random(in: 1...names.count, using: &randomness))
    await Moment.random(within: .milliseconds(20))
    var killedAt: [String: SimulatedExchange.Instant] = [:]
    for victim in victims {
      killedAt[victim] = .now
      daemons[victim]?.process.signal(SIGKILL)
    }
    for victim in victims { _ = await daemons[victim]?.process.waitForEnd() }
    report.kills += victims.count
    #expect(try store.value("PRAGMA integrity_check") == "ok", "round \(round)")
    try endClaims(of: victims.compactMap { daemons[$0] })
    for (name, daemon) in daemons where killedAt[name] == nil {
      _ = try await refreshes[name]?.readLine()
      #expect(await daemon.stop().status == 0, "round \(round)")
    }
    let exchanges = upstream.exchanges.dropFirst(known)
    report.exchanges += exchanges.count
    try judge(Array(exchanges), daemons, killedAt: killedAt, round: round)
    measure(Array(exchanges), daemons)
    // What is left opens clean, and serves: the survivors' work and the victims' half of it.
    let next = try await DaemonProcess.start(
      "next", in: folder, store: store.directory.path, upstream: upstream.baseURL)
    let answer = try await next.call("fleet.refresh")
    #expect(answer.tally == ["written": names.count], "round \(round): \(answer.tally)")
    #expect(await next.stop().status == 0)
  }

  func end() async {
    let unexcused = upstream.reusedTokens.subtracting(excused)
    if !unexcused.isEmpty { report.unexplained.append("\(unexcused.count) used tokens were presented again") }
    await upstream.stop()
  }

  /// Lets the killed daemons' claims end, as 30 s would: not before their last requests are over.
  private func endClaims(of daemons: [DaemonProcess]) throws {
    for daemon in daemons {
      try store.execute(
        """
        UPDATE account_refresh_claims SET claim_expires_at = '2000-01-01 00:00:00.000000'
        WHERE claimed_by LIKE '%:\(daemon.process.identifier)-%'
        """)
    }
  }

  /// Finds the logins that were lost and says why; each is then signed in anew.
  private func judge(
    _ exchanges: [SimulatedExchange], _ daemons: [String: DaemonProcess],
    killedAt: [String: SimulatedExchange.Instant], round: Int
  ) throws {
    for (name, token) in try store.refreshTokens() where upstream.isUsed(token) || upstream.isDead(name) {
      let exchange = exchanges.first { $0.presented == token }
      let client = exchange.map { String($0.client.dropFirst()) } ?? ""
      let log = daemons[client]?.process.errors.text ?? ""
      if let exchange, let killed = killedAt[client],
        // The tokens may be lost, but never were they used before they were stored, nor said to be stored.
        !upstream.wasAskedForUsage(withTokensOf: exchange.issued),
        !Self.renewals(in: log).contains(where: { $0.account == name })
      {
        excused.insert(token)
        if killed < exchange.answeredAt {
          report.answeredToTheDead += 1
        } else {
          report.lostInWindow.append(killed.seconds - exchange.answeredAt.seconds)
        }
      } else {
        report.unexplained.append("round \(round): \(name)")
      }
      upstream.signIn(name)
      try store.signIn(
        name, accessToken: upstream.accessToken(of: name), refreshToken: upstream.refreshToken(of: name))
    }
  }

  /// Compares the times of the answers with those at which the daemons logged that the tokens were committed.
  private func measure(_ exchanges: [SimulatedExchange], _ daemons: [String: DaemonProcess]) {
    for (name, daemon) in daemons {
      for renewal in Self.renewals(in: daemon.process.errors.text) {
        guard let exchange = exchanges.last(where: { $0.account == renewal.account && $0.client == "/" + name }) else {
          continue
        }
        report.windows.append(renewal.seconds - exchange.answeredAt.seconds)
      }
    }
  }

  /// Whose new tokens a daemon says to be committed, and when.
  private static func renewals(in log: String) -> [(account: String, seconds: Double)] {
    log.split(separator: "\n").filter { $0.contains("login renewed") }.compactMap { line in
      guard let account = line.split(separator: "account=").last.map(String.init),
        let time = line.split(separator: " ").first.flatMap({ seconds(of: String($0)) })
      else { return nil }
      return (account, time)
    }
  }

  private static func seconds(of text: String) -> Double? {
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    return (try? format.parse(text))?.timeIntervalSince1970
  }
}

/// A moment that nothing announces: where a crash test strikes.
enum Moment {
  /// Returns after a random part of a span.
  static func random(within span: DispatchTimeInterval) async {
    guard case .milliseconds(let most) = span else { return }
    await withCheckedContinuation { continuation in
      let delay = DispatchTimeInterval.microseconds(.random(in: 0...(most * 1_000)))
      DispatchQueue.global().asyncAfter(deadline: .now() + delay) { continuation.resume() }
    }
  }
}
