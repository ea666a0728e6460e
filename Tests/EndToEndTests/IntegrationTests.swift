import Foundation
import StoreBuilder
import Testing

@Suite(
  "What status bars and monitors show", .enabled(if: Integrations.canRun, "needs jq"), .timeLimit(.minutes(5)))
struct IntegrationTests {
  /// A name that means something to every language it may end up in.
  private static let name = "we\"ird\n<b>|o'ne</b> & #[bg=red]\u{1B}[31m👩‍👧"

  /// A fleet of which the best account has 80 % left: one with that name, one limited, one that has less.
  private func scene() async throws -> Scene {
    try await Scene.set(accounts: 3) { account in
      switch account.id {
      case "a-000": account.with { $0.alias = Self.name }.usage("primary", 20).usage("secondary", 15, minutes: 10_080)
      case "a-001": account.with { $0.status = "paused" }.usage("primary", 1)
      default: account.usage("primary", 64.5).usage("secondary", 99.4, minutes: 10_080)
      }
    }
  }

  @Test("waybar gets one line of JSON whose texts are no markup")
  func waybar() async throws {
    let scene = try await scene()
    let run = try await Integrations.run("waybar-module", scene)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(run.output.split(separator: "\n").count == 1)
    let module = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(module["text"] as? String == "80 %")
    #expect(module["class"] as? String == "good")
    #expect(module["percentage"] as? Int == 80)
    let tooltip = try #require(module["tooltip"] as? String).split(separator: "\n").map(String.init)
    #expect(
      tooltip == [
        "2 of 3 accounts usable",
        "we&quot;ird?&lt;b&gt;|o&#39;ne&lt;/b&gt; &amp; #[bg=red]?[31m👩‍👧: 80 % / 85 %",
        "a-002@example.com: 35 % / &lt;1 %", "a-001@example.com: paused",
      ])
    await scene.end()
  }

  @Test("tmux gets a few signs on one line")
  func tmux() async throws {
    let scene = try await scene()
    #expect(try await Integrations.run("tmux-status", scene).output == "#[fg=green]80 %#[default] 2/3\n")
    await scene.end()
  }

  @Test("panels get a menu in which no name passes for anything else")
  func menu() async throws {
    let scene = try await scene()
    let lines = try await Integrations.run("desktop-menu", scene).output.split(separator: "\n").map(String.init)
    try #require(lines.count == 8)
    #expect(lines[0].hasPrefix("Codex 80 % | "))
    #expect(lines[3].hasPrefix("• we\"ird?<b>¦o'ne</b> & #[bg=red]?[31m👩‍👧: 80 % / 85 % | useMarkup=false"))
    for line in lines where line.hasPrefix("•") {
      #expect(line.count { $0 == "|" } == 1 && line.contains("useMarkup=false"), "\(line)")
    }
    #expect(try await Integrations.run("desktop-menu", scene, ["--line"]).output == "Codex 80 %\n")
    await scene.end()
  }

  @Test(
    "the check's exit status follows its thresholds",
    arguments: [
      ([], 0, "OK - 2 of 3 accounts usable, best 80 %"), (["-w", "80", "-c", "80"], 0, "OK"),
      (["-w", "80.5"], 1, "WARNING"), (["-w", "90", "-c", "81"], 2, "CRITICAL"),
      (["-w", "5", "-c", "20"], 3, "UNKNOWN - -c 20 is above -w 5"),
      (["-e", "-w", "50"], 2, "CRITICAL - 2 of 3 accounts usable, best 80 %; a-001@example.com: paused, a-002@"),
      // Every account on its own: one has less than 1 %.
      (["-e"], 2, "CRITICAL"), (["-e", "-w", "0", "-c", "0"], 1, "WARNING"),
      (["--account", "a-002"], 2, "CRITICAL - 1 of 1 accounts usable, best <1 %"),
      (["--account", "a-001"], 2, "CRITICAL - 0 of 1 accounts usable"),
      (["--account", "nobody"], 3, "UNKNOWN - no accounts"),
      (["-w", "many"], 3, "UNKNOWN - -w takes"), (["-c"], 3, "UNKNOWN - -c takes"),
    ] as [([String], Int32, String)])
  func check(arguments: [String], status: Int32, beginning: String) async throws {
    let scene = try await scene()
    let run = try await Integrations.run("check_codex_fleet", scene, arguments)
    #expect(run.status == status && run.output.hasPrefix(beginning), "\(run)")
    #expect(run.output.split(separator: "\n").count == 1)
    await scene.end()
  }

  @Test("the check's figures are of every account, under names that monitors can read")
  func figures() async throws {
    let scene = try await scene()
    let output = try await Integrations.run("check_codex_fleet", scene).output
    #expect(
      output.hasSuffix(" | 'a-000'=80%;20;5;0;100 'a-001'=99%;20;5;0;100 'a-002'=0.59%;20;5;0;100\n"), "\(output)")
    await scene.end()
  }

  @Test("a key that may not see the quota makes it unknown, not empty")
  func hiddenQuota() async throws {
    let scene = try await scene()
    let blind = ["CODEX_FLEET_TOKEN": "sk-test-blind"]
    let module = try await Integrations.run("waybar-module", scene, environment: blind).output
    #expect(module.contains(#""class":"unknown""#) && module.contains("active, usage unknown"), "\(module)")
    #expect(try await Integrations.run("tmux-status", scene, environment: blind).output == "? 2/3\n")
    let check = try await Integrations.run("check_codex_fleet", scene, environment: blind)
    #expect(check.status == 3 && check.output == "UNKNOWN - 2 of 3 accounts usable, usage unknown\n", "\(check)")
    await scene.end()
  }

  @Test("Prometheus' collector finds a whole file or the old one, and no old figures without a daemon")
  func textfile() async throws {
    let scene = try await scene()
    let folder = try TemporaryDirectory()
    let file = folder.file("codex-fleet.prom")
    func lines() throws -> [Substring] { try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") }
    let written = try await Integrations.run("prometheus-textfile", scene, [file, "--account", "a-000"])
    #expect(written.status == 0 && written.errors.isEmpty, "\(written)")
    let figures = try lines().filter { !$0.hasPrefix("#") }
    #expect(figures.contains(#"codex_fleet_remaining_ratio{account="a-000",window="primary"} 0.8"#), "\(figures)")
    #expect(figures.contains("codex_fleet_up 1"))
    for figure in figures {
      #expect(figure.contains(/^[a-z_]+(\{([a-z]+="([^"\\]|\\["\\n])*",?)+\})? [0-9.]+$/), "\(figure)")
    }
    let absent = ["CODEX_FLEET_SOCKET": "/nowhere/fleet.sock"]
    let failed = try await Integrations.run("prometheus-textfile", scene, [file], environment: absent)
    #expect(failed.status == 3 && failed.errors.contains("no daemon at"), "\(failed)")
    #expect(try lines().filter { !$0.hasPrefix("#") } == ["codex_fleet_up 0"])
    let wrong = try await Integrations.run(
      "prometheus-textfile", scene, [file], environment: ["CODEX_FLEET_TOKEN": "sk-test-wrong"])
    #expect(wrong.status == 4)
    #expect(
      try lines() == [
        "# HELP codex_fleet_up Whether the daemon gave its figures: 1, or 0.", "# TYPE codex_fleet_up gauge",
        "codex_fleet_up 0",
      ])
    let elsewhere = try await Integrations.run("prometheus-textfile", scene, ["/nowhere/codex-fleet.prom"])
    #expect(elsewhere.status == 2 && elsewhere.errors.contains("cannot write beside"), "\(elsewhere)")
    #expect(try await Integrations.run("prometheus-textfile", scene, [folder.file("codex-fleet.txt")]).status == 2)
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o644)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["codex-fleet.prom"])
    await scene.end()
  }

  @Test(
    "what is wrong is said, in the form that is expected",
    arguments: [
      (["CODEX_FLEET_SOCKET": "/nowhere/fleet.sock"], "offline", 2, "no daemon at /nowhere/fleet.sock"),
      (["CODEX_FLEET_TOKEN": ""], "unauthorized", 3, "no API key"),
      (["CODEX_FLEET_TOKEN": "sk-test-wrong"], "unauthorized", 3, "does not know the API key"),
      (["PATH": "/usr/bin:/bin"], "error", 3, "not installed"),
    ] as [([String: String], String, Int32, String)])
  func faults(environment: [String: String], name: String, status: Int32, text: String) async throws {
    let scene = try await scene()
    let module = try await Integrations.run("waybar-module", scene, environment: environment)
    let object = try JSONSerialization.jsonObject(with: Data(module.output.utf8)) as? [String: Any]
    #expect(module.status == 0 && object?["class"] as? String == name, "\(module)")
    #expect((object?["tooltip"] as? String)?.contains(text) == true, "\(module)")
    #expect(try await Integrations.run("tmux-status", scene, environment: environment).output == "– \(name)\n")
    let menu = try await Integrations.run("desktop-menu", scene, environment: environment).output
    #expect(menu.hasPrefix("Codex –") && menu.contains(text), "\(menu)")
    let check = try await Integrations.run("check_codex_fleet", scene, environment: environment)
    #expect(check.status == status && check.output.contains(text), "\(check)")
    #expect(!(module.output + menu + check.output).contains("sk-test"))
    await scene.end()
  }
}

/// The scripts in `contrib/integrations`, run as their users run them.
enum Integrations {
  static let canRun = FileManager.default.isExecutableFile(atPath: "/usr/bin/jq")

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../contrib/integrations").standardizedFileURL

  /// Runs one against the scene's daemon, with the client that was built.
  static func run(
    _ script: String, _ scene: Scene, _ arguments: [String] = [], environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let usual = [
      "CODEX_FLEET_SOCKET": scene.daemon.socketPath, "CODEX_FLEET_TOKEN": Scene.token,
      "PATH": BuiltProducts.directory.path + ":/usr/bin:/bin",
    ]
    return try await RunningProcess.run(
      folder.appendingPathComponent(script), arguments, environment: usual.merging(environment) { $1 })
  }
}
