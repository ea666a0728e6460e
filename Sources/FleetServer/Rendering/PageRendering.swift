internal import Fleet
internal import NIOCore

/// The accounts of one page as they stand in an answer, for all who see them in the same way.
final class PageRendering: Sendable {
  let page: AccountPage
  /// The accounts, each behind a comma; empty where none of the page is shown.
  let bytes: ByteBuffer
  private let start: Timestamp
  /// When one of them may change although nothing is written; nil for never.
  let end: Timestamp?

  /// Renders a page.
  init(_ page: AccountPage, of look: FleetLook) {
    let summary = look.summary(of: page)
    self.page = page
    bytes = ByteBuffer(bytes: summary.accountsJSON())
    start = look.now
    end = summary.nextChange
  }

  /// Whether it is what rendering the page at that instant would give; the clock may also have gone back.
  func holds(at now: Timestamp) -> Bool { start <= now && end.map { now < $0 } ?? true }
}
