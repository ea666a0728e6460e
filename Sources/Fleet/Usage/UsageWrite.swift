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

  /// Columns of the account that follow the payload, nil where they stay; no token column can be reached through it.
  public struct Metadata: Hashable, Sendable {
    /// The plan as it is to be stored.
    public var planType: String?
    /// The workspace that fills the account's empty place.
    public var adoptedWorkspaceID: String?
    /// The workspace's name.
    public var workspaceLabel: String?
    /// The kind of seat.
    public var seatType: String?

    /// Makes metadata of its columns.
    public init(
      planType: String? = nil, adoptedWorkspaceID: String? = nil, workspaceLabel: String? = nil,
      seatType: String? = nil
    ) {
      self.planType = planType
      self.adoptedWorkspaceID = adoptedWorkspaceID
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
  /// The workspace the account had when it was asked for; with another one by now, nothing is written.
  public var workspaceID: String?
  /// The one instant of all rows.
  public var recordedAt: Timestamp
  /// Changed account columns, nil when none changed.
  public var metadata: Metadata?
  /// The main windows' rows.
  public var main: [MainRow]
  /// The additional limits.
  public var additional: AdditionalChange
  /// Whether what spoke for a plan that has become free is forgotten: the payload settles the matter.
  public var settlesDowngrade: Bool
  /// The persisted limit that the payload lifts, if the store still holds it.
  public var recovery: StatusRecovery?

  /// Makes a write.
  public init(
    accountID: AccountID, workspaceID: String? = nil, recordedAt: Timestamp, metadata: Metadata?, main: [MainRow],
    additional: AdditionalChange, settlesDowngrade: Bool = false, recovery: StatusRecovery? = nil
  ) {
    self.accountID = accountID
    self.workspaceID = workspaceID
    self.recordedAt = recordedAt
    self.metadata = metadata
    self.main = main
    self.additional = additional
    self.settlesDowngrade = settlesDowngrade
    self.recovery = recovery
  }
}

/// What became of a write.
public enum UsageWriteResult: Hashable, Sendable {
  /// It was committed with so many usage and additional-usage rows added.
  case committed(rows: Int)
  /// The account was deleted or bound to another workspace, or its status left the refreshable ones, while the upstream
  /// was asked: nothing was written.
  case accountChanged
  /// Another account of the same login has the workspace that was to be adopted: nothing was written.
  case workspaceTaken
}
