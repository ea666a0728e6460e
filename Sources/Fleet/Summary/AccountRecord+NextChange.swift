extension AccountRecord {
  /// The next instant at which what is derived from the record may change although nothing is written, in Unix seconds;
  /// nil when time changes nothing about it any more.
  ///
  /// Until then every instant from `now` on gives the same summary. Time comes into the rules at three places: the end of
  /// the short window, the end of the persisted limit, and the age up to which a long window proves that a limit is over.
  func nextChange(_ windows: EffectiveWindows, after now: Int64, refreshInterval: Duration) -> Int64? {
    var next: Int64?
    for instant in [windows.primary?.resetAt, account.resetAt, windows.endOfProof(refreshInterval)] {
      guard let instant, instant > now else { continue }
      next = min(next ?? instant, instant)
    }
    return next
  }
}

extension EffectiveWindows {
  /// The first second at which the long window is too old to prove anything.
  fileprivate func endOfProof(_ refreshInterval: Duration) -> Int64? {
    long.map { $0.recordedAt.advanced(by: StatusDerivation.proofAge(refreshInterval)).unixSeconds + 1 }
  }
}
