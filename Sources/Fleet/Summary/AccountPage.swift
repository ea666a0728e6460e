/// Some neighbouring accounts of a snapshot: the part of it that changes, and is derived anew, as a whole.
///
/// Snapshots share the pages in which they do not differ, so that whoever has derived something from a page can tell by
/// its identity that it still holds.
public final class AccountPage: Sendable {
  /// How many accounts a page has at most: few enough that one page costs next to nothing, and enough that pages are few.
  public static let size = 32

  /// The accounts with their latest rows.
  public let records: [AccountRecord]

  init(_ records: [AccountRecord]) { self.records = records }

  /// The pages of so many accounts.
  ///
  /// - Parameter earlier: pages of which those are taken over that say the same at the same place.
  static func pages(of records: [AccountRecord], reusing earlier: [AccountPage] = []) -> [AccountPage] {
    stride(from: 0, to: records.count, by: size).map { start in
      let part = records[start..<min(start + size, records.count)]
      let place = start / size
      if place < earlier.count, earlier[place].records.elementsEqual(part, by: { $0.isExactly($1) }) {
        return earlier[place]
      }
      return AccountPage(Array(part))
    }
  }

  /// The page with another record in the place of the same account's; nil when that account is not on it, or would no
  /// longer stand where it does.
  func replacing(_ record: AccountRecord) -> AccountPage? {
    guard
      let place = records.firstIndex(where: { $0.account.id == record.account.id }),
      records[place].account.email.utf8.elementsEqual(record.account.email.utf8)
    else { return nil }
    var records = records
    records[place] = record
    return AccountPage(records)
  }

  /// Whether an account can only be on this page or an earlier one, by the order of accounts.
  func reaches(_ account: Account) -> Bool {
    records.last.map { last in
      let (left, right) = (account.email.utf8, last.account.email.utf8)
      return left.elementsEqual(right) ? account.id <= last.account.id : left.lexicographicallyPrecedes(right)
    } == true
  }
}

extension AccountRecord {
  /// Whether both are the same byte for byte: texts that are merely equivalent are shown differently.
  fileprivate func isExactly(_ other: AccountRecord) -> Bool {
    self == other
      && zip(account.texts, other.account.texts).allSatisfy { ($0 ?? "").utf8.elementsEqual(($1 ?? "").utf8) }
  }
}

extension Account {
  fileprivate var texts: [String?] {
    [email, alias, plan.name, chatGPTAccountID, workspaceID, workspaceLabel, seatType]
  }
}
