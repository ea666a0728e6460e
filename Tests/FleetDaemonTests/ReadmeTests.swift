import ManualPages
import Testing

@testable import FleetDaemon

@Suite("The README")
struct ReadmeTests {
  @Test("its table of settings is the daemon's own")
  func settings() throws {
    let rows = SettingCatalogue.all.map { setting in
      let mark = setting.isReloadable ? " ↻" : ""
      let standard =
        setting.standardText.isEmpty || setting.standardText.contains(" ")
        ? setting.standardWords : "`\(setting.standardText)`"
      return "| `\(setting.name)`\(mark) | \(setting.summary) | \(setting.values) | \(standard.escaped) |\n"
    }
    try Document("README.md").expect(
      "\n| setting | what it does | values | default |\n| --- | --- | --- | --- |\n" + rows.joined() + "\n",
      between: "<!-- settings: written by the tests from the daemon's own table -->", and: "<!-- end of settings -->")
  }
}

extension String {
  /// The text with nothing in it that Markdown would take for a cell's end.
  fileprivate var escaped: String { replacing("|", with: "\\|") }
}
