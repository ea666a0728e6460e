internal import JSON

/// What a subscription was told and nobody has asked for yet: the latest state of each account.
///
/// It is never larger than the fleet and those that left it meanwhile, however much is told.
struct ChangeBacklog: Sendable, Equatable {
  private var accounts: JSONObject = [:]
  private var removed: OrderedSet<String> = []
  private var generatedAt: JSONValue

  /// Reads the params of a `fleet.changed`, or a result of `fleet.subscribe`, which tells of nothing removed.
  init(_ members: JSONObject) throws(FleetClient.Failure) {
    guard let accounts = members["accounts"]?.arrayValue else {
      throw .protocolViolation("'accounts' is not an array")
    }
    for account in accounts {
      guard let id = account["accountId"]?.stringValue else {
        throw .protocolViolation("'accountId' is not a string")
      }
      self.accounts[id] = account
    }
    for id in members["removed"]?.arrayValue ?? [] {
      guard let id = id.stringValue else { throw .protocolViolation("'removed' holds something else than strings") }
      removed.append(id)
    }
    generatedAt = members["generatedAt"] ?? .null
  }

  /// This and what came after it, as one.
  func followed(by later: ChangeBacklog) -> ChangeBacklog {
    var sum = self
    for id in later.removed {
      sum.accounts[id] = nil
      sum.removed.append(id)
    }
    for (id, account) in later.accounts {
      sum.accounts[id] = account
      sum.removed.remove(id)
    }
    sum.generatedAt = later.generatedAt
    return sum
  }

  /// The whole as the daemon would have told it.
  var json: JSONValue {
    .object([
      "accounts": .array(Array(accounts.values)), "removed": .array(removed.map { .string($0) }),
      "generatedAt": generatedAt,
    ])
  }
}

extension FleetClient.Change {
  /// What has changed, as it is given to whoever asked.
  init(_ backlog: ChangeBacklog) throws(FleetClient.Failure) {
    json = backlog.json
    let change = try ResultReader(json, of: "params")
    accounts = try change.array("accounts").map { (account) throws(FleetClient.Failure) in
      try FleetClient.Account(decoding: account)
    }
    removed = try change.array("removed").compactMap(\.stringValue)
    generatedAt = try change.instant("generatedAt")
  }
}
