internal import FleetClient

extension FleetClient.Summary {
  /// The same with texts that can be shown on a terminal.
  var printable: Self {
    var summary = self
    summary.accounts = accounts.map { account in
      var account = account
      account.id = PrintableText.of(account.id)
      account.displayName = PrintableText.of(account.displayName)
      account.email = PrintableText.of(account.email)
      account.status = .init(rawValue: PrintableText.of(account.status.rawValue))
      account.plan = PrintableText.of(account.plan)
      return account
    }
    return summary
  }
}

extension FleetClient.RefreshResult {
  /// The same with texts that can be shown on a terminal.
  var printable: Self {
    var result = self
    result.outcomes = outcomes.map { outcome in
      var outcome = outcome
      outcome.accountID = PrintableText.of(outcome.accountID)
      outcome.kind = .init(rawValue: PrintableText.of(outcome.kind.rawValue))
      outcome.reason = outcome.reason.map(PrintableText.of)
      return outcome
    }
    return result
  }
}
