internal import Fleet
internal import NIOCore

/// The accounts of a state as they stand in the answers to all who see them in the same way.
struct FleetRendering: Sendable {
  private let state: FleetState
  private let pages: [PageRendering]
  private let start: Timestamp
  private let end: Timestamp?
  /// What stands between the brackets of the array of accounts, in pieces that are shared with other answers.
  let pieces: [ByteBuffer]
  /// How many bytes it holds.
  let size: Int

  /// Renders what a look shows.
  ///
  /// - Parameter earlier: a rendering in the same way, from which the pages are taken over that still hold.
  init(_ look: FleetLook, reusing earlier: FleetRendering? = nil) {
    state = look.state
    pages = look.state.snapshot.pages.enumerated().map { place, page in
      earlier?.page(page, at: place, now: look.now) ?? PageRendering(page, of: look)
    }
    start = look.now
    end = pages.compactMap(\.end).min()
    pieces = Self.pieces(of: pages)
    let sizeOfPages = pages.reduce(0) { $0 + $1.bytes.readableBytes }
    size = sizeOfPages + (pieces.count < pages.count ? sizeOfPages : 0)
  }

  /// Whether it is what rendering a look at the same share would give.
  func shows(_ look: FleetLook) -> Bool {
    state === look.state && start <= look.now && end.map { look.now < $0 } ?? true
  }

  /// How many accounts have to be rendered anew for a look in the same way.
  func accountsMissing(for look: FleetLook) -> Int {
    look.state.snapshot.pages.enumerated().reduce(0) { sum, page in
      self.page(page.element, at: page.offset, now: look.now) == nil ? sum + page.element.records.count : sum
    }
  }

  private func page(_ page: AccountPage, at place: Int, now: Timestamp) -> PageRendering? {
    guard place < pages.count, pages[place].page === page, pages[place].holds(at: now) else { return nil }
    return pages[place]
  }

  /// Up to so many bytes one piece costs less, whenever it is sent, than it costs once to put it together.
  private static let mostInOnePiece = 65_536

  /// The bytes of all pages without the first comma.
  private static func pieces(of pages: [PageRendering]) -> [ByteBuffer] {
    var pieces = pages.map(\.bytes).filter { $0.readableBytes > 0 }
    guard !pieces.isEmpty else { return [] }
    pieces[0].moveReaderIndex(forwardBy: 1)
    let size = pieces.reduce(0) { $0 + $1.readableBytes }
    guard pieces.count > 1, size <= mostInOnePiece else { return pieces }
    var whole = ByteBuffer()
    whole.reserveCapacity(size)
    for piece in pieces { whole.writeImmutableBuffer(piece) }
    return [whole]
  }
}
