/// Whether an account is asked for again: a pure function of its rows, what is remembered of it, and the time.
struct RefreshPolicy: Sendable {
  /// Whether the upstream is asked at all.
  var isEnabled = true
  /// How long a sample counts as fresh.
  let interval: Duration

  /// What to do about an account.
  enum Decision: Hashable, Sendable {
    /// Ask the upstream.
    case fetch
    /// Leave it, with this outcome.
    case leave(RefreshOutcome)
  }

  /// How long after an exhausted quota was noticed the account is looked at again, whatever its rows say.
  static let quotaRecheckDelay = Duration.seconds(120)

  /// Decides.
  ///
  /// - Parameters:
  ///   - memory: what this process remembers of the account.
  ///   - now: the wall clock, for rows.
  ///   - uptime: the clock that never jumps, for what this process remembers.
  func decision(
    for candidate: RefreshCandidate, memory: AccountMemory, now: Timestamp, uptime: Duration
  ) -> Decision {
    let account = candidate.account
    guard isEnabled else {
      return .leave(RefreshOutcome(accountID: account.id, result: .skipped, reason: .refreshDisabled))
    }
    guard account.status.isRefreshable else {
      return .leave(RefreshOutcome(accountID: account.id, result: .skipped, reason: .status(account.status)))
    }
    if let coolDown = memory.coolDown, coolDown.ends > uptime, account.tokensRefreshedAt == coolDown.login {
      return .leave(
        RefreshOutcome(
          accountID: account.id, result: .coolingDown, reason: coolDown.reason,
          blockedUntil: now.advanced(by: coolDown.ends - uptime)))
    }
    let fresh = RefreshOutcome(accountID: account.id, result: .fresh)
    let turningPoints = Self.turningPoints(of: account, now: now)
    // A fetch of our own counts whatever rows it left: an upstream that reports no additional limits would otherwise be
    // asked again at every call.
    if let fetch = memory.lastFetch, uptime - fetch.uptime < interval, turningPoints.allSatisfy({ $0 <= fetch.at }) {
      return .leave(fetch.inVain ?? fresh)
    }
    let latest = Self.latestSample(of: candidate)
    let isBypassed = turningPoints.contains { point in latest.map { $0.recordedAt < point } ?? true }
    return !isBypassed && rowsAreFresh(candidate, latest: latest, now: now) ? .leave(fresh) : .fetch
  }

  private func rowsAreFresh(_ candidate: RefreshCandidate, latest: UsageSample?, now: Timestamp) -> Bool {
    let additionalIsFresh = candidate.additionalRecordedAt.map { isYoung($0, now: now) } ?? false
    guard additionalIsFresh else { return false }
    let others = Self.otherSamples(of: candidate)
    guard latest != nil || !others.isEmpty else { return true }
    if let latest, isFresh(latest, now: now) { return true }
    return others.contains { other in
      let isNewer = latest.map { other.recordedAt.since($0.recordedAt) > EffectiveWindows.sameFetchTolerance } ?? true
      return isNewer && isFresh(other, now: now)
    }
  }

  private func isFresh(_ sample: UsageSample, now: Timestamp) -> Bool {
    isYoung(sample.recordedAt, now: now) && !sample.hasElapsed(at: now.unixSeconds)
  }

  /// Whether an instant lies less than the interval back.
  ///
  /// One that lies as far ahead was written under a clock that has since been set back; it must not keep the account
  /// from being refreshed until the clock catches up.
  private func isYoung(_ instant: Timestamp, now: Timestamp) -> Bool {
    let age = now.since(instant)
    return age < interval && age > .zero - interval
  }

  /// The instants from before which no sample counts, because the account's limit has ended or may have.
  private static func turningPoints(of account: Account, now: Timestamp) -> [Timestamp] {
    var points: [Timestamp] = []
    let isLimited = account.status == .rateLimited || account.status == .quotaExceeded
    if isLimited, let reset = account.resetAt.flatMap({ Timestamp(unixSeconds: $0) }), reset <= now {
      points.append(reset)
    }
    guard account.status == .quotaExceeded else { return points }
    if let blockedAt = account.blockedAt {
      let recheck = Timestamp(unixSeconds: blockedAt)?.advanced(by: quotaRecheckDelay)
      if let recheck, recheck <= now { points.append(recheck) }
    } else {
      points.append(.distantPast)
    }
    return points
  }

  /// The row whose age counts: the primary one, else the month's for plans that are counted by month.
  private static func latestSample(of candidate: RefreshCandidate) -> UsageSample? {
    candidate.latest.primary ?? (candidate.account.plan.hasMonthlyCapacity ? candidate.latest.monthly : nil)
  }

  private static func otherSamples(of candidate: RefreshCandidate) -> [UsageSample] {
    let monthly = candidate.account.plan.hasMonthlyCapacity ? candidate.latest.monthly : nil
    return [candidate.latest.secondary, monthly].compactMap(\.self)
  }
}
