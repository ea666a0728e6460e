import Foundation
import StoreBuilder
import Testing

@Suite("Installing", .timeLimit(.minutes(5)))
struct IntegrationInstallTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL
  private static let systemPath = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]

  /// What was built, installed with a prefix.
  private func run(_ target: String, prefix: String, root: String = "") async throws {
    let run = try await RunningProcess.run(
      SystemProgram.make,
      [
        "--silent", "-C", Self.package.path, target, "PREFIX=\(prefix)", "DESTDIR=\(root)",
        "BUILT=\(BuiltProducts.directory.path)",
      ], environment: Self.systemPath)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
  }

  private func files(below path: String) -> Set<String> {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    var isDirectory: ObjCBool = false
    return Set(
      names.filter { name in
        FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isDirectory) && !isDirectory.boolValue
      })
  }

  @Test(
    "everything lies below DESTDIR and PREFIX, and is gone after uninstalling",
    .enabled(if: SystemProgram.hasMake, "needs make"))
  func installation() async throws {
    let root = try TemporaryDirectory()
    try await run("install", prefix: "/opt/fleet", root: root.path)
    let files = files(below: root.path)
    #expect(files.allSatisfy { $0.hasPrefix("opt/fleet/") }, "\(files)")
    for expected in [
      "bin/codex-fleet", "bin/codex-fleetd", "lib/systemd/system/codex-fleet.socket",
      "lib/systemd/user/codex-fleet.service", "lib/sysusers.d/codex-fleet.conf", "lib/tmpfiles.d/codex-fleet.conf",
      "share/bash-completion/completions/codex-fleet", "share/zsh/site-functions/_codex-fleetd",
      "share/fish/vendor_completions.d/codex-fleet.fish", "share/codex-fleet/integrations/waybar-module",
      "share/codex-fleet/openrpc.json", "share/doc/codex-fleet/LICENSE",
    ] { #expect(files.contains("opt/fleet/" + expected), "\(expected)") }
    for file in files {
      let size = try FileManager.default.attributesOfItem(atPath: root.file(file))[.size] as? Int
      #expect(size != 0, "\(file)")
    }
    let unit = try String(
      contentsOfFile: root.file("opt/fleet/lib/systemd/system/codex-fleet.service"), encoding: .utf8)
    #expect(unit.contains("ExecStart=/opt/fleet/bin/codex-fleetd\n"))
    let version = try await RunningProcess.run(
      URL(fileURLWithPath: root.file("opt/fleet/bin/codex-fleet")), ["--version"])
    #expect(version.status == 0 && version.output.hasPrefix("codex-fleet "))
    try await run("uninstall", prefix: "/opt/fleet", root: root.path)
    #expect(self.files(below: root.path) == [])
  }

  @Test("what the package's configuration file suggests can be set")
  func suggestions() async throws {
    let sample = Self.package.appendingPathComponent("contrib/debian/config.yaml")
    let text = try String(contentsOf: sample, encoding: .utf8)
    let settings = text.matches(of: /(?m)^# ([a-z-]+: .*)$/).map { String($0.1) }
    #expect(settings.count > 2)
    let folder = try TemporaryDirectory()
    try settings.joined(separator: "\n").write(toFile: folder.file("config.yaml"), atomically: true, encoding: .utf8)
    let run = try await RunningProcess.run(
      BuiltProducts.daemon, ["--config", folder.file("config.yaml"), "--print-config"])
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test(
    "the units are right, and confine the daemon",
    .enabled(if: SystemProgram.hasMake && SystemProgram.hasSystemd, "needs make and systemd"))
  func units() async throws {
    let prefix = try TemporaryDirectory()
    try await run("install", prefix: prefix.path)
    let units = prefix.file("lib/systemd/")
    let runtime = try TemporaryDirectory()
    for (manager, option) in [("system", "--system"), ("user", "--user")] {
      let verification = try await RunningProcess.run(
        SystemProgram.analyze,
        ["verify", option, "--man=no"]
          + ["socket", "service"].map { units + "\(manager)/codex-fleet.\($0)" },
        environment: Self.systemPath.merging(["XDG_RUNTIME_DIR": runtime.path]) { $1 })
      #expect(verification.status == 0 && verification.errors.isEmpty, "\(manager): \(verification)")
    }
    // A threshold of 15 is a score of 1.5.
    let exposure = try await RunningProcess.run(
      SystemProgram.analyze,
      ["security", "--no-pager", "--offline=true", "--threshold=15", units + "system/codex-fleet.service"],
      environment: Self.systemPath)
    #expect(exposure.status == 0, "\(exposure.output)\(exposure.errors)")
  }
}

/// What a Debian has and a test may miss.
private enum SystemProgram {
  static let make = URL(fileURLWithPath: "/usr/bin/make")
  static let analyze = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
  static let hasMake = FileManager.default.isExecutableFile(atPath: make.path)
  static let hasSystemd = FileManager.default.isExecutableFile(atPath: analyze.path)
}
