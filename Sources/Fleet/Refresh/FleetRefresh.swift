/// The work of one refresh call: every account in scope, side by side, each through its flight.
struct FleetRefresh: Sendable {
  let store: any FleetStore
  let clock: any FleetClock
  let settings: LiveRefreshSettings
  let memories: AccountMemories
  let flights: Singleflight<AccountID, AccountRefresh.Report>
  let accountRefresh: AccountRefresh

  /// Runs to its end whoever listens; `progress` holds what is known meanwhile.
  ///
  /// - Throws: `StoreError` when the accounts cannot be read.
  func run(_ scope: AccountScope, progress: RefreshProgress) async throws(StoreError) -> RefreshReport {
    try await store.withSession { session throws(StoreError) in
      let candidates = try await session.candidates(in: scope)
      let reports = await refresh(candidates, progress: progress)
      return RefreshReport(
        usageWritten: reports.values.contains { $0.rowsWritten > 0 },
        accountCount: candidates.count,
        attemptedCount: candidates.count { $0.account.status.isRefreshable },
        generatedAt: clock.now,
        outcomes: await outcomes(for: candidates, reports))
    }
  }

  /// Leaves accounts that need no look at the upstream where they are, and sends the rest through their flights, which
  /// decide once more for themselves: much may have changed by the time a flight gets its turn.
  private func refresh(
    _ candidates: [RefreshCandidate], progress: RefreshProgress
  ) async -> [AccountID: AccountRefresh.Report] {
    await withTaskGroup(of: AccountRefresh.Report.self) { group in
      for candidate in candidates {
        let id = candidate.account.id
        switch settings.policy.decision(for: candidate, memory: memories[id], now: clock.now, uptime: clock.uptime) {
        case .leave(let outcome): group.addTask { AccountRefresh.Report(outcome: outcome) }
        case .fetch: group.addTask { await fly(id) }
        }
      }
      var reports: [AccountID: AccountRefresh.Report] = [:]
      for await report in group {
        reports[report.outcome.accountID] = report
        progress.add(report.outcome)
      }
      return reports
    }
  }

  private func fly(_ id: AccountID) async -> AccountRefresh.Report {
    do {
      return try await flights.landing(for: id) { [accountRefresh] in await accountRefresh.run(id) }.value
    } catch {
      // For want of room: this task is never cancelled, and these flights refuse nobody for a drain.
      return AccountRefresh.Report(outcome: RefreshOutcome(accountID: id, result: .failed, reason: .overloaded))
    }
  }

  /// The outcomes in order, each with the sample that counts now: looked at again after the flights, because a flight
  /// that was joined wrote in a session of its own. Without a second look the samples of the first still stand.
  private func outcomes(
    for candidates: [RefreshCandidate], _ reports: [AccountID: AccountRefresh.Report]
  ) async -> [RefreshOutcome] {
    let ids = Set(candidates.map(\.account.id))
    let current =
      (try? await store.state())?.snapshot.narrowed(to: .only(ids)).accounts
      ?? candidates.map { AccountRecord(account: $0.account, latest: $0.latest) }
    let observed = current.reduce(into: [AccountID: Timestamp]()) { observed, record in
      observed[record.account.id] = EffectiveWindows(record.latest, plan: record.account.plan).refreshedAt
    }
    return candidates.compactMap { candidate in
      reports[candidate.account.id].map { report in
        var outcome = report.outcome
        outcome.observedAt = observed[candidate.account.id]
        return outcome
      }
    }
  }
}
