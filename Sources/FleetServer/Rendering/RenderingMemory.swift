internal import Fleet

/// The renderings that are kept, as many as there is room for: of each way of seeing the accounts the last one.
struct RenderingMemory {
  /// How many are kept at most: each holds on to the state that it was made of.
  static let mostKept = 32

  private let capacity: Int
  private var renderings: [FleetLook.Share: FleetRendering] = [:]
  private(set) var size = 0

  /// - Parameter capacity: how many bytes may be kept.
  init(capacity: Int) { self.capacity = capacity }

  /// The last rendering in the way in which a look shows accounts; it need not show what the look does.
  subscript(look: FleetLook) -> FleetRendering? { look.share.flatMap { renderings[$0] } }

  /// Keeps a rendering; where there is no room, all others are given up for it.
  mutating func keep(_ rendering: FleetRendering, of look: FleetLook) {
    guard let share = look.share else { return }
    size -= renderings.removeValue(forKey: share)?.size ?? 0
    if size + rendering.size > capacity || renderings.count >= Self.mostKept {
      renderings = [:]
      size = 0
    }
    guard rendering.size <= capacity else { return }
    size += rendering.size
    renderings[share] = rendering
  }
}
