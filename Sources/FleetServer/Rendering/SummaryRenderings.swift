internal import Fleet
internal import NIOConcurrencyHelpers

/// The accounts of summaries as they stand in answers, rendered once for all who may see the same, and again only where
/// they change.
actor SummaryRenderings {
  /// So many accounts are rendered where nobody may be kept waiting: it takes less than a tenth of a millisecond.
  private static let mostAtOnce = 2 * AccountPage.size

  private let memory: NIOLockedValueBox<RenderingMemory>

  /// - Parameter capacity: how many bytes may be kept.
  init(capacity: Int) { memory = NIOLockedValueBox(RenderingMemory(capacity: capacity)) }

  /// What a look shows, if it is rendered already but for a few accounts.
  nonisolated func atOnce(_ look: FleetLook) -> FleetRendering? {
    guard let last = memory.withLockedValue({ $0[look] }) else { return nil }
    if last.shows(look) { return last }
    guard last.accountsMissing(for: look) <= Self.mostAtOnce else { return nil }
    return render(look, reusing: last)
  }

  /// What a look shows; one rendering is made at a time, so that those who want the same one find it.
  func rendering(of look: FleetLook) -> FleetRendering {
    let last = memory.withLockedValue { $0[look] }
    if let last, last.shows(look) { return last }
    return render(look, reusing: last)
  }

  private nonisolated func render(_ look: FleetLook, reusing last: FleetRendering?) -> FleetRendering {
    let rendering = FleetRendering(look, reusing: last)
    memory.withLockedValue { $0.keep(rendering, of: look) }
    return rendering
  }
}
