import ArgumentParser
import Foundation
import StoreBuilder
import Testing

@testable import FleetDaemon

@Suite("Where settings come from")
struct ConfigurationTests {
  /// A value for every setting, other than its standard one, with a second one that differs from both.
  private static let samples: [String: (String, String)] = [
    "store": ("/one.db", "/two.db"), "key-file": ("/one.key", "/two.key"), "socket": ("/one.sock", "/two.sock"),
    "upstream-url": ("http://one", "http://two"), "auth-url": ("http://one", "http://two"),
    "usage-refresh": ("off", "on"), "refresh-interval": ("5", "6"), "background-refresh": ("off", "on"),
    "idle-background": ("off", "on"), "max-concurrent-fetches": ("5", "6"), "history-days": ("5", "6"),
    "drain-timeout": ("5", "6"), "idle-exit": ("5", "6"), "allow-untested-schema": ("on", "off"),
    "max-connections": ("5", "6"),
    "max-connections-per-user": ("5", "6"), "max-line-length": ("5000", "6000"), "line-timeout": ("5", "6"),
    "idle-timeout": ("5", "6"), "allow-uids": ("5", "6,7"), "allow-gids": ("5", "6,7"),
    "log-level": ("debug", "error"), "log-format": ("json", "journal"),
  ]

  private func entry(
    _ name: String, flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws -> ConfigurationListing.Entry {
    let file = try file.map { try ConfigurationFile(path: "/config.yaml", text: $0) }
    let reader = try ConfigurationReader(flags: flags, environment: environment, file: file)
    return try #require(ConfigurationListing(reader).entries.first { $0.name == name })
  }

  @Test("every setting is a flag, a variable and a key of the file; flags come first, the file last")
  func precedence() throws {
    for setting in SettingCatalogue.all {
      let (one, two) = try #require(Self.samples[setting.name], "\(setting.name) has no sample")
      let file = "# a comment\n\(setting.name): \(one)\n"
      #expect(try entry(setting.name).origin == .standard)
      let fromFile = try entry(setting.name, file: file)
      #expect(fromFile.text == one && fromFile.origin == .file(path: "/config.yaml", line: 2), "\(setting.name)")
      let fromVariable = try entry(setting.name, environment: [setting.variable: two], file: file)
      #expect(fromVariable.text == two && fromVariable.origin == .variable, "\(setting.name)")
      let options = try DaemonOptions.parse([setting.flag, one])
      #expect(options.given[setting.name] == one)
      let fromFlag = try entry(setting.name, flags: options.given, environment: [setting.variable: two], file: file)
      #expect(fromFlag.text == one && fromFlag.origin == .flag, "\(setting.name)")
    }
  }

  @Test("an empty variable counts as not given")
  func emptyVariable() throws {
    #expect(
      try entry("log-level", environment: ["CODEX_FLEETD_LOG_LEVEL": ""], file: "log-level: debug").text == "debug")
  }

  @Test("what is not allowed is refused by the name under which it was given, with what is")
  func refusals() {
    func refusal(_ flags: [String: String] = [:], _ environment: [String: String] = [:], _ file: String? = nil)
      -> String
    {
      do {
        let folder = try TemporaryDirectory()
        if let file { try file.write(toFile: folder.file("config.yaml"), atomically: true, encoding: .utf8) }
        _ = try DaemonConfiguration(
          flags: flags, file: file == nil ? nil : folder.file("config.yaml"), environment: environment)
        return "nothing was refused"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      refusal(["refresh-interval": "soon"])
        == #"--refresh-interval: "soon" is not allowed; give a whole number from 1 to 86400 (seconds)"#)
    #expect(
      refusal([:], ["CODEX_FLEETD_LOG_LEVEL": "loud"])
        == #"CODEX_FLEETD_LOG_LEVEL: "loud" is not allowed; give trace, debug, info, notice, warning, error or critical"#
    )
    #expect(
      refusal([:], [:], "\n\nusage-refresh: yes\n").hasSuffix(
        #"config.yaml:3: usage-refresh: "yes" is not allowed; give on or off"#))
    #expect(
      refusal([:], [:], "store: here.db").hasSuffix(
        #"config.yaml:1: store: "here.db" is not allowed; give an absolute path"#))
    #expect(
      refusal([:], ["CODEX_FLEETD_REFRESH_INTERVALL": "5"])
        == #"CODEX_FLEETD_REFRESH_INTERVALL: there is no setting "refresh-intervall"; did you mean refresh-interval?"#)
    #expect(refusal(["socket": ""]) == #"--socket: "" is not allowed; give a path"#)
    #expect(refusal(["background-refresh": "maybe"]).hasSuffix("give on or off"))
    for list in ["1000 1001", "+5", "-1", "1,,2", ""] {
      #expect(refusal(["allow-uids": list]).contains("numbers separated by commas"), "\(list)")
    }
    #expect(refusal(["allow-uids": "root"]).contains("numbers separated by commas"))
  }

  @Test("a path in the home directory may begin with ~")
  func home() throws {
    let configuration = try DaemonConfiguration(
      flags: ["store": "~/.codex-lb"], file: nil, environment: ["HOME": "/home/me"])
    #expect(configuration.storePath == "/home/me/.codex-lb")
  }

  @Test("the key handed over by systemd is used unless another one is named")
  func credential() throws {
    let folder = try TemporaryDirectory()
    let environment = ["CREDENTIALS_DIRECTORY": folder.path]
    #expect(try DaemonConfiguration(flags: [:], file: nil, environment: environment).keyFile == nil)
    try "key".write(toFile: folder.file("encryption.key"), atomically: true, encoding: .utf8)
    let configuration = try DaemonConfiguration(flags: [:], file: nil, environment: environment)
    #expect(configuration.keyFile == folder.file("encryption.key"))
    let named = try DaemonConfiguration(flags: ["key-file": "/other"], file: nil, environment: environment)
    #expect(named.keyFile == "/other")
  }

  @Test("what is printed is a configuration file that means the same")
  func listing() throws {
    let flags = ["allow-uids": "1000, 0", "socket": "/run/a b/\"fleet\".sock", "log-level": "debug"]
    let environment = ["CODEX_FLEETD_IDLE_TIMEOUT": "9", "HOME": "/nowhere"]
    let printed = try DaemonConfiguration(flags: flags, file: nil, environment: environment).listing
    let read = try ConfigurationFile(path: "/printed.yaml", text: printed.yaml)
    let again = ConfigurationListing(try ConfigurationReader(flags: [:], environment: [:], file: read))
    #expect(printed.changes(in: again).isEmpty)
    #expect(printed.yaml.contains("log-level: debug"))
    #expect(printed.yaml.contains("# flag --log-level\n"))
    #expect(printed.yaml.contains("# environment, CODEX_FLEETD_IDLE_TIMEOUT\n"))
    #expect(printed.yaml.contains("# background-refresh: on for an own store, off for a codex-lb's"))
  }

  @Test("a path is printed whole, and as it is seen from anywhere")
  func paths() throws {
    let flags = ["store": "/home/me@corp/fleet.db", "key-file": "/tmp/a#b?c", "socket": "here/fleet.sock"]
    let printed = try DaemonConfiguration(flags: flags, file: nil, environment: [:]).listing.yaml
    #expect(printed.contains("store: \"/home/me@corp/fleet.db\" "))
    #expect(printed.contains("key-file: \"/tmp/a#b?c\" "))
    let directory = FileManager.default.currentDirectoryPath
    #expect(printed.contains("socket: \(directory)/here/fleet.sock "), "\(printed)")
    let home = try DaemonConfiguration(flags: ["store": "~/x.db"], file: nil, environment: ["HOME": "/h"]).listing.yaml
    #expect(home.contains("store: /h/x.db "))
  }

  @Test("what is given nowhere is printed as what it comes to, where that can be told")
  func standardPaths() throws {
    func printed(_ flags: [String: String] = [:], _ environment: [String: String] = [:]) throws -> String {
      try DaemonConfiguration(flags: flags, file: nil, environment: environment).listing.yaml
    }
    let own = try printed([:], ["HOME": "/h", "XDG_RUNTIME_DIR": "/run/user/7"])
    #expect(own.contains("# store: /h/.local/state/codex-fleet/fleet.db "), "\(own)")
    #expect(own.contains("# key-file: /h/.local/state/codex-fleet/encryption.key "))
    #expect(own.contains("# socket: /run/user/7/codex-fleet/fleet.sock "))
    let folder = try TemporaryDirectory()
    #expect(try printed(["store": folder.path]).contains("# key-file: \(folder.file("encryption.key")) "))
    #expect(try printed().contains("# store: fleet.db in $STATE_DIRECTORY, else "))
  }

  @Test(
    "a port that nobody can connect to is refused",
    arguments: [
      ("http://host:65535/x", true), ("http://host", true), ("http://[::1]:80/", true), ("http://[::1]", true),
      ("http://host:65536", false), ("http://host:0", false), ("http://host:http/", false),
      ("http://[::1]:99999", false),
      ("http://host:1:2", false), ("http://host:", false),
    ])
  func ports(address: String, isAllowed: Bool) {
    for name in ["upstream-url", "auth-url"] {
      let configuration = try? DaemonConfiguration(flags: [name: address], file: nil, environment: [:])
      #expect((configuration != nil) == isAllowed)
    }
  }

  @Test(
    "an address with a password is refused, and what is secret in it is not shown",
    arguments: [
      ("https://me:secret@host/", "https://***@host/"), ("https://me:sec@ret@host/x", "https://***@host/x"),
      ("me:secret@host", "***@host"), ("https://host/x?key=secret", "https://host/x?***"),
    ])
  func masking(address: String, shown: String) throws {
    #expect(ConfigurationListing.masked(address) == shown)
    let error = #expect(throws: ConfigurationError.self) {
      try DaemonConfiguration(flags: ["upstream-url": address], file: nil, environment: [:])
    }
    #expect(error?.description.hasPrefix("--upstream-url: \"\(shown)\" is not allowed") == true)
  }
}
