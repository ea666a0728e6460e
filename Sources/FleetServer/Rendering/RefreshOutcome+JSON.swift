internal import Fleet
internal import JSON

extension RefreshOutcome {
  /// The outcome as it stands in results and in the details of errors; what there is not is left out.
  var jsonObject: JSONObject {
    var members: JSONObject = ["accountId": .string(accountID.rawValue), "outcome": .string(result.rawValue)]
    if let reason { members["reason"] = .string(reason.rawValue) }
    if let observedAt { members["observedAt"] = .string(observedAt.rfc3339) }
    if let blockedUntil { members["blockedUntil"] = .string(blockedUntil.rfc3339) }
    return members
  }
}
