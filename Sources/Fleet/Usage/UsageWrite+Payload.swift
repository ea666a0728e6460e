extension UsageWrite {
  /// A payload whose numbers cannot be stored.
  struct UnstorablePayload: Error {}

  /// Applies the rules by which a payload becomes rows.
  ///
  /// - A window without a percentage was not really reported and leaves no row.
  /// - A lone primary window of thirty days is the month's.
  /// - Credits stand beside the primary and the monthly row.
  ///
  /// - Throws: `UnstorablePayload` when a number is beyond what a column holds.
  init(_ payload: UsagePayload, for account: Account, at now: Timestamp) throws(UnstorablePayload) {
    self.init(
      accountID: account.id, recordedAt: now, metadata: Metadata(payload, changing: account),
      main: try Self.mainRows(payload, at: now),
      additional: try Self.additionalChange(payload.additional, at: now))
  }

  private static func mainRows(_ payload: UsagePayload, at now: Timestamp) throws(UnstorablePayload) -> [MainRow] {
    let isMonthly =
      payload.secondary?.usedPercent == nil && payload.primary?.limitWindowSeconds == UsageWindow.monthSeconds
    let primaryWindow: UsageWindow = isMonthly ? .monthly : .primary
    var rows: [MainRow] = []
    if let sample = try sample(payload.primary, credits: payload.credits, at: now) {
      rows.append(MainRow(window: primaryWindow, sample: sample))
    }
    if let sample = try sample(payload.secondary, at: now) {
      rows.append(MainRow(window: .secondary, sample: sample))
    }
    return rows
  }

  private static func additionalChange(
    _ limits: [UsagePayload.AdditionalLimit]?, at now: Timestamp
  ) throws(UnstorablePayload) -> AdditionalChange {
    guard let limits else { return .keep }
    var rows: [AdditionalRow] = []
    for limit in limits {
      guard let key = QuotaKey.canonical(limitName: limit.limitName, meteredFeature: limit.meteredFeature) else {
        continue
      }
      for (window, reported) in [(UsageWindow.primary, limit.primary), (.secondary, limit.secondary)] {
        guard let sample = try sample(reported, at: now) else { continue }
        let row = AdditionalRow(
          quotaKey: key, limitName: limit.limitName ?? "", meteredFeature: limit.meteredFeature ?? "", window: window,
          sample: sample)
        if let rival = rows.firstIndex(where: { $0.quotaKey == key && $0.window == window }) {
          if row.outweighs(rows[rival]) { rows[rival] = row }
        } else {
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
    var resetAt = try window.resetAt.map(whole)
    if resetAt == nil, let seconds = window.resetAfterSeconds {
      let (sum, overflow) = now.unixSeconds.addingReportingOverflow(try whole(max(0, seconds)))
      guard !overflow else { throw UnstorablePayload() }
      resetAt = sum
    }
    let minutes = try window.limitWindowSeconds.map { seconds throws(UnstorablePayload) in
      try whole((seconds / 60).rounded(.up))
    }
    return UsageSample(
      recordedAt: now, usedPercent: usedPercent, resetAt: resetAt, windowMinutes: minutes.flatMap { $0 > 0 ? $0 : nil },
      credits: credits)
  }

  private static func whole(_ number: Double) throws(UnstorablePayload) -> Int64 {
    guard let integer = Int64(exactly: number.rounded(.down)) else { throw UnstorablePayload() }
    return integer
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
    let reported = Plan(payload.planType)
    let plan = reported.isUnknown ? account.plan : reported
    let label = payload.workspaceLabel ?? account.workspaceLabel
    let seat = payload.seatType ?? account.seatType
    guard plan != account.plan || label != account.workspaceLabel || seat != account.seatType else { return nil }
    self.init(planType: plan.name, workspaceLabel: label, seatType: seat)
  }
}
