extension FleetClient {
  /// What the daemon says of itself to anyone.
  public struct Health: Hashable, Sendable {
    /// How it is.
    public var status: Status
    /// The daemon's version.
    public var version: String
    /// The version of the wire protocol it speaks.
    public var protocolVersion: Int64

    /// How the daemon is; a word this version does not know is kept as it is.
    public struct Status: RawRepresentable, Hashable, Sendable {
      /// The word on the wire.
      public let rawValue: String

      /// Takes any word.
      public init(rawValue: String) { self.rawValue = rawValue }

      /// All is well.
      public static let ok = Status(rawValue: "ok")
      /// It is about to stop and starts no new refreshes.
      public static let draining = Status(rawValue: "draining")
    }
  }
}
