extension UsageWrite {
  /// A payload whose numbers cannot be stored.
  package struct UnstorablePayload: Error {}

  /// Applies the rules by which a payload becomes rows.
  ///
  /// - A window without a percentage was not really reported and leaves no row.
  /// - A lone primary window of thirty days is the month's.
  /// - A limit that the windows show to be over is lifted.
  /// - Credits stand beside the primary and the monthly row.
  ///
  /// - Throws: `UnstorablePayload` when a number is beyond what a column holds.
  package init(_ payload: UsagePayload, for candidate: RefreshCandidate, at now: Timestamp) throws(UnstorablePayload) {
    let account = candidate.account
    let windows = ReportedWindows(payload)
    let plan = Plan(payload.planType)
    self.init(
      accountID: account.id, workspaceID: account.workspaceID, recordedAt: now,
      metadata: Metadata(payload, changing: account), main: try Self.mainRows(windows, payload.credits, at: now),
      additional: try Self.additionalChange(payload.additional, at: now),
      // A known paid plan speaks against a downgrade; the free plan is written only once it was confirmed.
      settlesDowngrade: plan.known != nil,
      recovery: StatusRecovery(of: candidate, after: windows, now: now.unixSeconds))
  }

  private static func mainRows(
    _ windows: ReportedWindows, _ credits: UsageSample.Credits, at now: Timestamp
  ) throws(UnstorablePayload) -> [MainRow] {
    var rows: [MainRow] = []
    if let sample = try sample(windows.primary, credits: credits, at: now) {
      rows.append(MainRow(window: .primary, sample: sample))
    }
    if let sample = try sample(windows.secondary, at: now) {
      rows.append(MainRow(window: .secondary, sample: sample))
    }
    if let sample = try sample(windows.monthly, credits: credits, at: now) {
      rows.append(MainRow(window: .monthly, sample: sample))
    }
    return rows
  }

  /// No provider has so many limits; a payload with more is none of its.
  private static let mostAdditionalLimits = 512

  /// What only one row of a payload can be for.
  private struct AdditionalPlace: Hashable {
    let quotaKey: String
    let window: UsageWindow
  }

  private static func additionalChange(
    _ limits: [UsagePayload.AdditionalLimit]?, at now: Timestamp
  ) throws(UnstorablePayload) -> AdditionalChange {
    guard let limits else { return .keep }
    guard limits.count <= mostAdditionalLimits else { throw UnstorablePayload() }
    var rows: [AdditionalRow] = []
    var places: [AdditionalPlace: Int] = [:]
    for limit in limits {
      guard let key = QuotaKey.canonical(limitName: limit.limitName, meteredFeature: limit.meteredFeature) else {
        continue
      }
      for (window, reported) in [(UsageWindow.primary, limit.primary), (.secondary, limit.secondary)] {
        guard let sample = try sample(reported, at: now) else { continue }
        let row = AdditionalRow(
          quotaKey: key, limitName: limit.limitName ?? "", meteredFeature: limit.meteredFeature ?? "", window: window,
          sample: sample)
        let place = AdditionalPlace(quotaKey: key, window: window)
        if let rival = places[place] {
          if row.outweighs(rows[rival]) { rows[rival] = row }
        } else {
          places[place] = rows.count
          rows.append(row)
        }
      }
    }
    return .report(rows)
  }

  private static func sample(
    _ window: UsagePayload.Window?, credits: UsageSample.Credits = .init(has: nil, unlimited: nil, balance: nil),
    at now: Timestamp
  ) throws(UnstorablePayload) -> UsageSample? {
    guard let window, let usedPercent = window.usedPercent else { return nil }
    guard usedPercent.isFinite else { throw UnstorablePayload() }
    let minutes = try window.limitWindowSeconds.map { seconds throws(UnstorablePayload) in
      try (seconds / 60).rounded(.up).whole
    }
    return UsageSample(
      recordedAt: now, usedPercent: usedPercent, resetAt: try window.resetAt(now: now.unixSeconds),
      windowMinutes: minutes.flatMap { $0 > 0 ? $0 : nil }, credits: credits)
  }
}

extension UsagePayload.Window {
  /// When the window resets, in Unix seconds; nil when it does not say.
  func resetAt(now: Int64) throws(UsageWrite.UnstorablePayload) -> Int64? {
    if let resetAt { return try resetAt.whole }
    guard let resetAfterSeconds else { return nil }
    let (sum, overflow) = now.addingReportingOverflow(try max(0, resetAfterSeconds).whole)
    guard !overflow else { throw UsageWrite.UnstorablePayload() }
    return sum
  }
}

extension Double {
  /// The number without its fraction.
  fileprivate var whole: Int64 {
    get throws(UsageWrite.UnstorablePayload) {
      guard let integer = Int64(exactly: rounded(.down)) else { throw UsageWrite.UnstorablePayload() }
      return integer
    }
  }
}

extension UsageWrite.AdditionalRow {
  /// Whether this row is to be kept rather than another alias's for the same key and window: the higher percentage,
  /// at a tie the smaller name, then the smaller feature.
  fileprivate func outweighs(_ rival: Self) -> Bool {
    guard sample.usedPercent == rival.sample.usedPercent else { return sample.usedPercent > rival.sample.usedPercent }
    return (limitName, meteredFeature) < (rival.limitName, rival.meteredFeature)
  }
}

extension UsageWrite.Metadata {
  /// The columns after the payload, nil when it changes none of them. What it does not speak of stays.
  fileprivate init?(_ payload: UsagePayload, changing account: Account) {
    let plan = Plan(payload.planType)
    let workspace = account.workspaceID.nonBlank == nil ? payload.workspaceID.nonBlank : nil
    let label = payload.workspaceLabel.nonBlank
    let seat = payload.seatType.nonBlank
    self.init(
      planType: plan.isUnknown || plan == account.plan ? nil : plan.name, adoptedWorkspaceID: workspace,
      workspaceLabel: label == account.workspaceLabel ? nil : label, seatType: seat == account.seatType ? nil : seat)
    guard self != UsageWrite.Metadata() else { return nil }
  }
}
