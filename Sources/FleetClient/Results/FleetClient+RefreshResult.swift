extension FleetClient {
  /// What a refresh has done.
  public struct RefreshResult: Hashable, Sendable {
    /// Whether at least one usage row was written.
    public var usageWritten: Bool
    /// How many accounts the token may see.
    public var accountCount: Int64
    /// How many of them have a status that allows a refresh.
    public var attemptedCount: Int64
    /// When the refresh ended.
    public var generatedAt: Instant
    /// What became of each account.
    public var outcomes: [Outcome]
  }

  /// What a refresh did about one account.
  public struct Outcome: Hashable, Sendable {
    /// The account.
    public var accountID: String
    /// What happened.
    public var kind: Kind
    /// Why, as a stable code, where `kind` alone does not say it.
    public var reason: String?
    /// When the sample that now counts was taken.
    public var observedAt: Instant?
    /// Until when the account is left alone, because its login was refused, or else the upstream asks to be.
    public var blockedUntil: Instant?

    /// What happened; a word this version does not know is kept as it is.
    public struct Kind: RawRepresentable, Hashable, Sendable {
      /// The word on the wire.
      public let rawValue: String

      /// Takes any word.
      public init(rawValue: String) { self.rawValue = rawValue }

      /// The upstream was asked and its answer processed.
      public static let written = Kind(rawValue: "written")
      /// The last sample is recent enough; the upstream was not asked.
      public static let fresh = Kind(rawValue: "fresh")
      /// The upstream refused the login lately and is left alone for a while.
      public static let coolingDown = Kind(rawValue: "coolingDown")
      /// The account may not be refreshed now.
      public static let skipped = Kind(rawValue: "skipped")
      /// The answer was about another identity; nothing was written.
      public static let rejected = Kind(rawValue: "rejected")
      /// The attempt failed; nothing was written.
      public static let failed = Kind(rawValue: "failed")
    }
  }
}
