import Foundation
import Logging
import StoreBuilder
import Testing

@testable import FleetDaemon

@Suite("The configuration file")
struct ConfigurationFileTests {
  private func fault(in text: String) -> String {
    do {
      _ = try ConfigurationFile(path: "/c.yaml", text: text)
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test("settings are read with their lines; comments, lists and quotes are understood")
  func reading() throws {
    let file = try ConfigurationFile(
      path: "/c.yaml",
      text: """
        # the fleet
        socket: "/run/a: b.sock"   # with a blank
        allow-uids: [0, 1000]
        allow-gids:
          - 5
          - 6
        log-level: debug
        usage-refresh: on
        """)
    #expect(file.values["socket"] == ConfigurationFile.Value(text: "/run/a: b.sock", line: 2))
    #expect(file.values["allow-uids"]?.text == "0,1000")
    #expect(file.values["allow-gids"]?.text == "5,6")
    #expect(file.values["log-level"] == ConfigurationFile.Value(text: "debug", line: 7))
    #expect(file.values["usage-refresh"]?.text == "on")
  }

  @Test("a file without settings gives none", arguments: ["", "\n", "# nothing yet\n", "---\n", "--- \n...\n"])
  func nothing(text: String) throws { #expect(try ConfigurationFile(path: "/c.yaml", text: text).values.isEmpty) }

  @Test("every unknown name is told with its line, and the one that was meant")
  func unknownNames() {
    let fault = fault(in: "log-levle: debug\n\nsockett: /x\nqqqqqqqqqqqqqqqqqqq: 1\n")
    #expect(fault.contains(#"/c.yaml:1: there is no setting "log-levle"; did you mean log-level?"#))
    #expect(fault.contains(#"/c.yaml:3: there is no setting "sockett"; did you mean socket?"#))
    #expect(fault.contains(#"/c.yaml:4: there is no setting "qqqqqqqqqqqqqqqqqqq"; there are store, key-file"#))
  }

  @Test(
    "what is no mapping of names to single values is refused with its line",
    arguments: [
      ("just text", "/c.yaml:1: holds no settings"), ("- a\n- b", "/c.yaml:1: holds no settings"),
      ("log-level:\n  deep: er\n", "/c.yaml:2: log-level needs one value"),
      ("log-level:\n", "log-level needs one value"),
      ("allow-uids: [[1], 2]", "allow-uids needs one value, or a list"), ("store: [/a, b]", "store needs one value"),
      ("log-level: debug\nlog-level: info\n", "/c.yaml:2: given more than once: log-level"),
      (
        "store: /a\n# store: /b\nlog-level: debug\n'log-level' : info\n\"store\": /c\n",
        "/c.yaml:4: given more than once: log-level\n/c.yaml:5: given more than once: store"
      ),
      ("socket: [\n", "cannot be understood as YAML"), ("a: b: c\n", "/c.yaml:1: cannot be understood as YAML"),
      ("log-level: *nobody\n", "cannot be understood as YAML"), ("\tlog-level: debug", "/c.yaml:1: "),
      ("? {a: b}\n: 1\n", "there is no setting \"\""),
    ])
  func faults(text: String, words: String) { #expect(fault(in: text).contains(words), "\(fault(in: text))") }

  @Test("nested aliases cost nothing")
  func bomb() {
    let levels = (1...30).map { "l\($0): &l\($0) [*l\($0 - 1), *l\($0 - 1)]" }.joined(separator: "\n")
    #expect(fault(in: "l0: &l0 x\n" + levels).contains("there is no setting"))
  }

  @Test("files that cannot be read are named with the reason")
  func unreadable() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("config.yaml")
    func fault() -> String {
      do {
        _ = try ConfigurationFile.find(named: path, environment: [:])
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(fault() == "there is no configuration file at \(path); check --config")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(fault() == "cannot read the configuration file \(path): Is a directory")
    try FileManager.default.removeItem(atPath: path)
    try Data([0x61, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: path))
    #expect(fault().hasSuffix("it is not text in UTF-8"))
    try Data(repeating: 0x23, count: ConfigurationFile.maximumLength + 1).write(to: URL(fileURLWithPath: path))
    #expect(fault().hasSuffix("it has more than 1048576 bytes"))
  }

  @Test("the user's own file comes before the system's, and a missing one is no fault")
  func places() throws {
    #expect(
      ConfigurationFile.places(["XDG_CONFIG_HOME": "/x", "HOME": "/h"]) == [
        "/x/codex-fleet/config.yaml", "/etc/codex-fleet/config.yaml",
      ])
    #expect(ConfigurationFile.places(["HOME": "/h"]).first == "/h/.config/codex-fleet/config.yaml")
    #expect(ConfigurationFile.places(["XDG_CONFIG_HOME": "relative"]) == ["/etc/codex-fleet/config.yaml"])
    let folder = try TemporaryDirectory()
    let environment = ["XDG_CONFIG_HOME": folder.path]
    try FileManager.default.createDirectory(atPath: folder.file("codex-fleet"), withIntermediateDirectories: false)
    let path = folder.file("codex-fleet/config.yaml")
    try Data("log-level: debug\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try ConfigurationFile.find(named: nil, environment: environment)?.path == path)
    let configuration = try DaemonConfiguration(
      flags: [:], file: nil, environment: ["CODEX_FLEETD_CONFIG": path])
    #expect(configuration.logLevel == .debug)
  }
}
