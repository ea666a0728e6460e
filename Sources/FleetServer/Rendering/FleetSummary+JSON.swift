package import Fleet
internal import JSON

extension FleetSummary {
  /// The accounts as bytes, as they stand in the array of them behind others: each behind a comma.
  package func accountsJSON() -> [UInt8] {
    var writer = JSONWriter.continuingArray(reservingCapacity: accounts.count * 512)
    for account in accounts { writer.account(account) }
    return writer.bytes
  }

  /// The result of `fleet.subscribe` as bytes.
  func json(subscription id: String) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 96 + accounts.count * 420)
    writer.beginObject()
    writer.key("subscription")
    writer.string(id)
    writer.members(accounts, at: generatedAt)
    writer.endObject()
    return writer.bytes
  }
}

extension FleetChange {
  /// The params of `fleet.changed` as bytes.
  func json(subscription id: String) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 96 + accounts.count * 420)
    writer.beginObject()
    writer.key("subscription")
    writer.string(id)
    writer.key("removed")
    writer.beginArray()
    for id in removed { writer.string(id.rawValue) }
    writer.endArray()
    writer.members(accounts, at: generatedAt)
    writer.endObject()
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func members(_ accounts: [AccountSummary], at instant: Timestamp) {
    key("accounts")
    beginArray()
    for account in accounts { self.account(account) }
    endArray()
    key("generatedAt")
    string(instant.rfc3339)
  }

  fileprivate mutating func account(_ account: AccountSummary) {
    beginObject()
    key("accountId")
    string(account.accountID.rawValue)
    key("displayName")
    string(account.displayName)
    key("email")
    string(account.email)
    key("status")
    string(account.status.rawValue)
    key("planType")
    string(account.plan)
    key("primary")
    window(account.primary)
    key("secondary")
    window(account.secondary)
    key("monthly")
    window(account.monthly)
    key("lastRefreshAt")
    instant(account.tokensRefreshedAt)
    key("usageRefreshedAt")
    instant(account.usageRefreshedAt)
    endObject()
  }

  private mutating func window(_ window: AccountSummary.Window) {
    beginObject()
    key("remainingPercent")
    if let percent = window.remainingPercent { number(percent) } else { null() }
    key("resetAt")
    instant(window.resetAt)
    key("windowMinutes")
    if let minutes = window.windowMinutes { integer(minutes) } else { null() }
    endObject()
  }

  private mutating func instant(_ instant: Timestamp?) {
    if let instant { string(instant.rfc3339) } else { null() }
  }
}
