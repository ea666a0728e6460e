public import Fleet

/// Something in a store that was passed over because it cannot be understood; carries no stored text but identifiers,
/// and describes itself without those that look like e-mail addresses.
public enum StoreWarning: Hashable, Sendable, CustomStringConvertible {
  /// An account whose status is none of the known words; it is left out of every answer.
  case accountLeftOut(AccountID)
  /// The latest usage row of an account and window, whose time or percentage cannot be read; it counts as absent.
  case usageRowIgnored(AccountID, UsageWindow)
  /// An API key whose end cannot be read; it counts as switched off.
  case keyTakenAsInactive(id: String)
  /// A proxy whose scheme, address, port or password cannot be used; accounts go through the others of their pool, and
  /// nowhere if there are none.
  case proxyIgnored(id: String)
  /// A row without an identifier that is text.
  case rowWithoutIdentifier(table: String)

  /// What was passed over and why, for people.
  public var description: String {
    switch self {
    case .accountLeftOut(let id):
      "The account \(id.logName) is left out: its status is none of the known words."
    case .usageRowIgnored(let id, let window):
      "The latest \(window.rawValue) usage row of the account \(id.logName) is ignored: "
        + "its time or percentage is unreadable."
    case .keyTakenAsInactive(let id):
      "The API key \(id) is taken as switched off: the time of its end is unreadable."
    case .proxyIgnored(let id):
      "The proxy \(id) is not used: its scheme, host, port or password cannot be understood."
    case .rowWithoutIdentifier(let table):
      "A row of the table \(table) is left out: its identifier is no text."
    }
  }
}
