internal import Fleet
internal import FleetUpstream
internal import JSON

/// A payload that is read comes back the same, and what it changes in a store can be stored.
///
/// The input is the answer's body.
enum UsageTarget {
  /// The most additional limits that a store takes.
  private static let mostAdditionalLimits = 512

  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    guard let payload = UsagePayload(body: input) else { return }
    let again = UsagePayload(body: JSONValue.object(payload.members).serialized())
    try promise("a payload comes back the same", again == payload)
    for status in [AccountStatus.active, .rateLimited, .quotaExceeded] {
      try checkWrite(payload, to: status)
    }
  }

  private static func checkWrite(_ payload: UsagePayload, to status: AccountStatus) throws(BrokenPromise) {
    let now = Timestamp.distantPast.advanced(by: .seconds(63_900_000_000))
    let account = Account(
      id: AccountID("account"), email: "me@example.com", plan: Plan("plus"), status: status,
      resetAt: now.unixSeconds - 60, blockedAt: now.unixSeconds - 3_600)
    let candidate = RefreshCandidate(
      account: account, latest: LatestUsage(), additionalRecordedAt: nil, route: .direct)
    let write: UsageWrite
    do throws(UsageWrite.UnstorablePayload) {
      write = try UsageWrite(payload, for: candidate, at: now)
    } catch {
      try promise(
        "only too many limits cannot be stored", (payload.additional ?? []).count > mostAdditionalLimits)
      return
    }
    for row in write.main { try checkSample(row.sample, at: now) }
    guard case .report(let rows) = write.additional else { return }
    for row in rows { try checkSample(row.sample, at: now) }
    try promise("a limit has a key", rows.allSatisfy { !$0.quotaKey.isEmpty })
    let places = Set(rows.map { "\($0.window) \($0.quotaKey)" })
    try promise("a key and a window have one row", places.count == rows.count)
  }

  private static func checkSample(_ sample: UsageSample, at now: Timestamp) throws(BrokenPromise) {
    try promise("a share is finite and not negative", sample.usedPercent.isFinite && sample.usedPercent >= 0)
    try promise("a window's length is positive", sample.windowMinutes.map { $0 > 0 } ?? true)
    try promise("a reset is not negative", sample.resetAt.map { $0 >= 0 } ?? true)
    try promise("rows are of one instant", sample.recordedAt == now)
  }
}

extension UsagePayload {
  fileprivate var members: JSONObject {
    var credits = JSONObject()
    credits["has_credits"] = self.credits.has.map(JSONValue.bool)
    credits["unlimited"] = self.credits.unlimited.map(JSONValue.bool)
    credits["balance"] = self.credits.balance.map(JSONValue.number)
    var members: JSONObject = ["credits": .object(credits), "rate_limit": Self.limits(primary, secondary)]
    members["plan_type"] = planType.map(JSONValue.string)
    members["workspace_id"] = workspaceID.map(JSONValue.string)
    members["workspace_label"] = workspaceLabel.map(JSONValue.string)
    members["seat_type"] = seatType.map(JSONValue.string)
    members["additional_rate_limits"] = additional.map { .array($0.map { .object($0.members) }) }
    return members
  }

  fileprivate static func limits(_ primary: Window?, _ secondary: Window?) -> JSONValue {
    var limits = JSONObject()
    limits["primary_window"] = primary.map { .object($0.members) }
    limits["secondary_window"] = secondary.map { .object($0.members) }
    return .object(limits)
  }
}

extension UsagePayload.AdditionalLimit {
  fileprivate var members: JSONObject {
    var members: JSONObject = ["rate_limit": UsagePayload.limits(primary, secondary)]
    members["limit_name"] = limitName.map(JSONValue.string)
    members["metered_feature"] = meteredFeature.map(JSONValue.string)
    return members
  }
}

extension UsagePayload.Window {
  fileprivate var members: JSONObject {
    var members = JSONObject()
    members["used_percent"] = usedPercent.map(JSONValue.number)
    members["reset_at"] = resetAt.map(JSONValue.number)
    members["reset_after_seconds"] = resetAfterSeconds.map(JSONValue.number)
    members["limit_window_seconds"] = limitWindowSeconds.map(JSONValue.number)
    return members
  }
}
