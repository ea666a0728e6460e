/// What is left of a window, as it is shown.
struct Share: Sendable, Equatable {
  /// In percent; what lies outside of 0…100 is shown as the nearer end.
  let percent: Double

  init(_ percent: Double) { self.percent = percent > 0 ? min(percent, 100) : 0 }

  /// As in `82 %`. Never promises more than there is, and never hides a rest.
  var text: String { percent > 0 && percent < 1 ? "<1 %" : "\(Int(percent)) %" }

  /// Green from a half, yellow from a fifth.
  var color: StyledText.Look {
    switch percent {
    case 50...: .green
    case 20...: .yellow
    default: .red
    }
  }

  /// A bar of so many columns: empty only when nothing is left, full only when nothing is used.
  func bar(columns: Int, _ style: Style) -> String {
    let filled: Int
    switch percent {
    case 0: filled = 0
    case 100: filled = columns
    default: filled = max(1, min(columns - 1, Int((percent / 100 * Double(columns)).rounded())))
    }
    let (full, empty): (Character, Character) = style.usesUnicode ? ("█", "░") : ("#", "-")
    return String(repeating: full, count: filled) + String(repeating: empty, count: columns - filled)
  }
}
