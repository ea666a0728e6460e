internal import ArgumentParser
internal import FleetClient

/// Whether every account has at least a given share left.
///
/// An account's share is the lowest of those known of its windows. Accounts that are out of use, and stay so whatever
/// their shares are, do not count: those that are paused, deactivated, or have to sign in again. A check that has
/// nothing to compare fails: it would pass for ever without anybody noticing.
struct ShareCheck: Sendable {
  /// The least share that passes, in percent.
  let percent: Double

  init(percent: Double) { self.percent = percent }

  /// What is wrong with the accounts; nil when nothing is.
  ///
  /// - Parameter missing: the accounts that were asked for and are not among them, in words.
  func failure(of accounts: [FleetClient.Account], missing: String?) -> CommandFailure? {
    var faults: [String] = []
    let shares = accounts.filter(\.isRefreshable).compactMap { account in
      account.lowestShare.map { (share: $0, name: PrintableText.of(account.displayName)) }
    }
    let low = shares.filter { $0.share.percent < percent }
    if !low.isEmpty {
      let names = low.map { "\($0.name) (\($0.share.text))" }.joined(separator: ", ")
      faults.append("below \(Self.text(percent)) %: \(names)")
    }
    if shares.isEmpty { faults.append("no share to compare with \(Self.text(percent)) %") }
    if let missing { faults.append(missing) }
    return faults.isEmpty ? nil : CommandFailure(.failed, faults.joined(separator: "; "))
  }

  private static func text(_ percent: Double) -> String { Int(exactly: percent).map { "\($0)" } ?? "\(percent)" }
}

extension ShareCheck {
  /// Reads the least share from the command line.
  static func parse(_ argument: String) throws -> ShareCheck {
    guard let percent = Double(argument), (0...100).contains(percent) else {
      throw ValidationError("expected a number from 0 to 100, such as 20")
    }
    return ShareCheck(percent: percent)
  }
}
