/// What one payload changes in the store: written whole in one transaction, or not at all.
public struct UsageWrite: Hashable, Sendable {
  /// A row of one main window.
  public struct MainRow: Hashable, Sendable {
    /// The window.
    public var window: UsageWindow
    /// Its sample; `recordedAt` is the write's own.
    public var sample: UsageSample

    /// Pairs a window with its sample.
    public init(window: UsageWindow, sample: UsageSample) {
      self.window = window
      self.sample = sample
    }
  }

  /// A row of one window of an additional limit.
  public struct AdditionalRow: Hashable, Sendable {
    /// The limit's canonical key.
    public var quotaKey: String
    /// Its name as reported.
    public var limitName: String
    /// The feature as reported.
    public var meteredFeature: String
    /// The window: primary or secondary.
    public var window: UsageWindow
    /// Its sample; `recordedAt` is the write's own.
    public var sample: UsageSample

    /// Makes a row of its columns.
    public init(
      quotaKey: String, limitName: String, meteredFeature: String, window: UsageWindow, sample: UsageSample
    ) {
      self.quotaKey = quotaKey
      self.limitName = limitName
      self.meteredFeature = meteredFeature
      self.window = window
      self.sample = sample
    }
  }

  /// Columns of the account that follow the payload; no token column can be reached through it.
  public struct Metadata: Hashable, Sendable {
    /// The plan as it is to be stored.
    public var planType: String
    /// The workspace's name.
    public var workspaceLabel: String?
    /// The kind of seat.
    public var seatType: String?

    /// Makes metadata of its columns.
    public init(planType: String, workspaceLabel: String?, seatType: String?) {
      self.planType = planType
      self.workspaceLabel = workspaceLabel
      self.seatType = seatType
    }
  }

  /// What happens to the account's additional limits.
  public enum AdditionalChange: Hashable, Sendable {
    /// The payload did not speak of them: everything stays.
    case keep
    /// These are all there are now: they are added, and rows of a key and window that is not among them are deleted;
    /// earlier rows of those that are stay as history.
    case report([AdditionalRow])
  }

  /// The account.
  public var accountID: AccountID
  /// The one instant of all rows.
  public var recordedAt: Timestamp
  /// Changed account columns, nil when none changed.
  public var metadata: Metadata?
  /// The main windows' rows.
  public var main: [MainRow]
  /// The additional limits.
  public var additional: AdditionalChange

  /// Makes a write.
  public init(
    accountID: AccountID, recordedAt: Timestamp, metadata: Metadata?, main: [MainRow], additional: AdditionalChange
  ) {
    self.accountID = accountID
    self.recordedAt = recordedAt
    self.metadata = metadata
    self.main = main
    self.additional = additional
  }
}

/// What became of a write.
public enum UsageWriteResult: Hashable, Sendable {
  /// It was committed with so many usage and additional-usage rows added.
  case committed(rows: Int)
  /// The account was deleted, or its status left the refreshable ones, while the upstream was asked: nothing was written.
  case accountChanged
}
