import Testing

@testable import FleetCommand

@Suite("The configuration file")
struct ClientFileTests {
  private let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  @Test("names the socket and the key, after all that goes before it")
  func order() throws {
    _ = try home.write("sk-file\n", to: "key", mode: 0o600)
    let environment = try environment("socket: /run/own.sock  # ours\ntoken-file: ~/key\n")
    #expect(try SocketLookup(given: nil, environment: environment).path == "/run/own.sock")
    #expect(try SocketLookup(given: "/a.sock", environment: environment).path == "/a.sock")
    let socket = environment.merging(["CODEX_FLEET_SOCKET": "/b.sock"]) { $1 }
    #expect(try SocketLookup(given: nil, environment: socket).path == "/b.sock")
    #expect(try TokenLookup(file: nil, environment: environment).token().value == "sk-file")
    let token = environment.merging(["CODEX_FLEET_TOKEN": "sk-environment"]) { $1 }
    #expect(try TokenLookup(file: nil, environment: token).token().value == "sk-environment")
  }

  @Test("is in the configuration directory, wherever that is")
  func place() {
    #expect(ClientFile.path(["HOME": "/home/a"]) == "/home/a/.config/codex-fleet/client.yaml")
    #expect(ClientFile.path(["HOME": "/home/a", "XDG_CONFIG_HOME": "/c"]) == "/c/codex-fleet/client.yaml")
    #expect(ClientFile.path(["HOME": "/home/a", "XDG_CONFIG_HOME": "c"]) == "/home/a/.config/codex-fleet/client.yaml")
    #expect(ClientFile.path([:]) == nil)
  }

  @Test("need not be there")
  func missing() throws { #expect(try ClientFile.find(["HOME": home.path]) == nil) }

  @Test(
    "may have the key itself where nobody else can read it", arguments: [(0o600, true), (0o640, true), (0o644, false)])
  func key(mode: Int, isTaken: Bool) throws {
    let environment = try environment("token: sk-secret\n", mode: mode)
    guard isTaken else {
      let failure = #expect(throws: CommandFailure.self) {
        try TokenLookup(file: nil, environment: environment).token()
      }
      #expect(failure?.status == .unauthorized)
      #expect(failure?.message.hasSuffix("close the file with: chmod o= \(home.path)/codex-fleet/client.yaml") == true)
      #expect(failure?.message.contains("sk-secret") == false)
      return
    }
    let token = try TokenLookup(file: nil, environment: environment).token()
    #expect(token.value == "sk-secret" && token.source == home.path + "/codex-fleet/client.yaml")
  }

  @Test(
    "that cannot be understood is wrong usage, with its line",
    arguments: [
      (
        "socket: /a\nsokcet: /b\n",
        ":2: there is no setting sokcet; did you mean socket? there are socket, token-file, token"
      ),
      ("token_file: /a\n", ":1: there is no setting token_file; did you mean token-file? there are"),
      ("colour: never\n", ":1: there is no setting colour; there are"),
      ("socket: /a\ntoken:\n", ":2: token has no value; give it behind the colon"),
      ("token: # none yet\n", ":1: token has no value"), ("token: ''\n", ":1: token has no value"),
      ("socket: /a\nsocket: /b\n", ":2: socket is given a second time"), ("# c\n\nsocket\n", ":3: give one setting in"),
      ("socket: a/b\n", ":1: a path has to begin with / or ~/"), ("token: sk-secret x: y\n", ":1: give one setting"),
    ])
  func wrong(text: String, complaint: String) throws {
    let environment = try environment(text)
    let failure = #expect(throws: CommandFailure.self) { try SocketLookup(given: nil, environment: environment) }
    #expect(failure?.status == .usage)
    #expect(failure?.message.contains("client.yaml\(complaint)") == true)
    #expect(failure?.message.contains("sk-secret") == false)
  }

  @Test("gives a token file or a token")
  func both() throws {
    let environment = try environment("token: sk-secret\ntoken-file: ~/key\n")
    let failure = #expect(throws: CommandFailure.self) { try TokenLookup(file: nil, environment: environment).token() }
    #expect(failure?.message.hasSuffix("client.yaml: give token-file or token, not both") == true)
  }

  @Test("says which token file it names that is not there")
  func noTokenFile() throws {
    let environment = try environment("token-file: /no/such/key\n")
    let failure = #expect(throws: CommandFailure.self) { try TokenLookup(file: nil, environment: environment).token() }
    #expect(failure?.status == .unauthorized)
    #expect(failure?.message.hasPrefix("there is no token file at /no/such/key, which \(home.path)") == true)
  }

  @Test("is not read further than it may be long")
  func tooLong() throws {
    let environment = try environment(String(repeating: "#", count: 70_000))
    let failure = #expect(throws: CommandFailure.self) { try ClientFile.find(environment) }
    #expect(failure?.message.hasSuffix("has more than 65536 bytes") == true)
  }

  private func environment(_ text: String, mode: Int = 0o600) throws -> [String: String] {
    _ = try home.write(text, to: "codex-fleet/client.yaml", mode: mode)
    return ["HOME": home.path, "XDG_CONFIG_HOME": home.path]
  }
}

@Suite("Flat YAML")
struct FlatYAMLTests {
  @Test(
    "is read as YAML has it",
    arguments: [
      ("---\na: b\n", "b"), ("a: b # c", "b"), ("a: b#c", "b#c"), ("a:   b  ", "b"), ("a: \"b # c\"", "b # c"),
      ("a: 'b: c'  # d", "b: c"), ("a: \"-b\"", "-b"), ("a: b c", "b c"), ("a: /p:q", "/p:q"), ("a: b\r\n", "b"),
      ("# x\n  # y\n\na: b", "b"),
      ("\u{FEFF}a: b", "b"), ("\u{FEFF}---\r\n# c\r\n\r\na: 'b'\r\n", "b"),
    ])
  func values(text: String, value: String) throws {
    #expect(try FlatYAML.lines(of: Array(text.utf8), path: "p").map(\.value) == [value])
  }

  @Test(
    "is refused where YAML means more",
    arguments: [
      "a", "a:", "a:b", "a: ", " a: b", "- a", "a: [b]", "a: {b: c}", "a: &b c", "a: *b", "a: !b c", "a: |", "a: > b",
      "a: - b", "a: b: c", "a: b:", "a: \"b", "a: 'it''s'", "a: \"b\\n\"", "a: 'b' c", "a: b\tc", "a b: c", "é: b",
      "a: \"\"", "a: b\n---\n", "a: # b",
    ])
  func refused(text: String) {
    #expect(throws: CommandFailure.self) { try FlatYAML.lines(of: Array(text.utf8), path: "p") }
  }
}
