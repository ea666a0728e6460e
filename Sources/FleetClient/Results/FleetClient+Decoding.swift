public import JSON

extension FleetClient.Summary {
  /// Reads a result of `fleet.summary`, as `call(_:params:authenticated:)` returns it.
  ///
  /// - Throws: `Failure.protocolViolation` when it is none.
  public init(decoding value: JSONValue) throws(FleetClient.Failure) {
    let result = try ResultReader(value, of: "result")
    accounts = try result.array("accounts").map { (account) throws(FleetClient.Failure) in
      try FleetClient.Account(decoding: account)
    }
    generatedAt = try result.instant("generatedAt")
  }
}

extension FleetClient.Account {
  init(decoding value: JSONValue) throws(FleetClient.Failure) {
    let account = try ResultReader(value, of: "account")
    id = try account.string("accountId")
    displayName = try account.string("displayName")
    email = try account.string("email")
    status = FleetClient.AccountStatus(rawValue: try account.string("status"))
    plan = try account.string("planType")
    primary = try FleetClient.Window(decoding: account.optionalObject("primary"))
    secondary = try FleetClient.Window(decoding: account.optionalObject("secondary"))
    monthly = try FleetClient.Window(decoding: account.optionalObject("monthly"))
    tokensRefreshedAt = try account.optionalInstant("lastRefreshAt")
    usageRefreshedAt = try account.optionalInstant("usageRefreshedAt")
  }
}

extension FleetClient.Window {
  init(decoding window: ResultReader?) throws(FleetClient.Failure) {
    remainingPercent = try window?.optionalNumber("remainingPercent")
    resetAt = try window?.optionalInstant("resetAt")
    windowMinutes = try window?.optionalInteger("windowMinutes")
  }
}

extension FleetClient.RefreshResult {
  /// Reads a result of `fleet.refresh`, as `call(_:params:authenticated:)` returns it.
  ///
  /// - Throws: `Failure.protocolViolation` when it is none.
  public init(decoding value: JSONValue) throws(FleetClient.Failure) {
    let result = try ResultReader(value, of: "result")
    usageWritten = try result.bool("usageWritten")
    accountCount = try result.integer("accountCount")
    attemptedCount = try result.integer("attemptedCount")
    generatedAt = try result.instant("generatedAt")
    outcomes = try result.array("outcomes").map { (outcome) throws(FleetClient.Failure) in
      try FleetClient.Outcome(decoding: outcome)
    }
  }
}

extension FleetClient.Outcome {
  init(decoding value: JSONValue) throws(FleetClient.Failure) {
    let outcome = try ResultReader(value, of: "outcome")
    accountID = try outcome.string("accountId")
    kind = Kind(rawValue: try outcome.string("outcome"))
    reason = try outcome.optionalString("reason")
    observedAt = try outcome.optionalInstant("observedAt")
    blockedUntil = try outcome.optionalInstant("blockedUntil")
  }
}

extension FleetClient.Health {
  /// Reads a result of `daemon.health`, as `call(_:params:authenticated:)` returns it.
  ///
  /// - Throws: `Failure.protocolViolation` when it is none.
  public init(decoding value: JSONValue) throws(FleetClient.Failure) {
    let result = try ResultReader(value, of: "result")
    status = Status(rawValue: try result.string("status"))
    version = try result.string("version")
    protocolVersion = try result.integer("protocolVersion")
  }
}
