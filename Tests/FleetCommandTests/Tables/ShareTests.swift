import Testing

@testable import FleetCommand

@Suite("A share")
struct ShareTests {
  @Test(
    "is rounded down, and a rest is never hidden",
    arguments: [
      (0, "0 %"), (0.01, "<1 %"), (0.99, "<1 %"), (1, "1 %"), (12.9, "12 %"), (99.99, "99 %"), (100, "100 %"),
      (1e300, "100 %"), (-5, "0 %"), (.nan, "0 %"), (.infinity, "100 %"),
    ] as [(Double, String)])
  func text(percent: Double, text: String) { #expect(Share(percent).text == text) }

  @Test(
    "is green from a half, yellow from a fifth, red below",
    arguments: [
      (100, .green), (50, .green), (49.9, .yellow), (20, .yellow), (19.9, .red), (0, .red),
    ] as [(Double, StyledText.Look)])
  func color(percent: Double, color: StyledText.Look) { #expect(Share(percent).color == color) }

  @Test(
    "has an empty bar only when nothing is left and a full one only when nothing is used",
    arguments: [
      (0, "----"), (0.1, "#---"), (25, "#---"), (50, "##--"), (80, "###-"), (99.9, "###-"), (100, "####"),
    ] as [(Double, String)])
  func bar(percent: Double, bar: String) {
    #expect(Share(percent).bar(columns: 4, .terminal(columns: 80, usesUnicode: false)) == bar)
  }
}
