/// A setting that is on or off.
enum Switch: String, CaseIterable, Sendable {
  case on
  case off
}
