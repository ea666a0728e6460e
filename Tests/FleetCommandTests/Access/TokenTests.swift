import Foundation
import Testing

@testable import FleetCommand

@Suite("The API key")
struct TokenTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("comes from the named file before the environment, and from the credentials last")
  func order() throws {
    let file = try folder.write("sk-file\n", to: "key", mode: 0o600)
    _ = try folder.write("sk-credential", to: "token", mode: 0o400)
    let environment = ["CODEX_FLEET_TOKEN": "sk-environment", "CREDENTIALS_DIRECTORY": folder.path]
    #expect(try TokenLookup(file: file, environment: environment).token().value == "sk-file")
    #expect(try TokenLookup(file: nil, environment: environment).token().value == "sk-environment")
    let credentials = environment.merging(["CODEX_FLEET_TOKEN": ""]) { $1 }
    #expect(try TokenLookup(file: nil, environment: credentials).token().value == "sk-credential")
  }

  @Test("is missing with a word on the places where it may be")
  func missing() {
    let failure = #expect(throws: CommandFailure.self) {
      try TokenLookup(file: nil, environment: ["CREDENTIALS_DIRECTORY": folder.path]).token()
    }
    #expect(failure?.status == .unauthorized)
    for place in ["CODEX_FLEET_TOKEN", "--token-file", "$CREDENTIALS_DIRECTORY/token", "client.yaml"] {
      #expect(failure?.message.contains(place) == true)
    }
  }

  @Test("is not taken from elsewhere when the named file has none")
  func missingFile() {
    let failure = #expect(throws: CommandFailure.self) {
      try TokenLookup(file: folder.path + "/nowhere", environment: ["CODEX_FLEET_TOKEN": "sk-environment"]).token()
    }
    #expect(failure?.message == "there is no token file at \(folder.path)/nowhere")
  }

  @Test(
    "is one word of text",
    arguments: [
      ("", "it is empty"), (" \n\t", "it is empty"), ("sk-a\nsk-b", "one word"), ("sk a", "one word"),
      ("sk\u{0}a", "one word"), (String(repeating: "k", count: 5_000), "more than 4096 bytes"),
    ])
  func malformed(text: String, complaint: String) throws {
    let file = try folder.write(text, to: "key", mode: 0o600)
    let failure = #expect(throws: CommandFailure.self) { try TokenLookup(file: file, environment: [:]).token() }
    #expect(failure?.status == .unauthorized)
    #expect(failure?.message.contains(complaint) == true)
    #expect(failure?.message.contains("sk-a") == false)
  }

  @Test("is what stands between a byte order mark and the end of the line", arguments: ["sk-a", "sk-a\r\n"])
  func byteOrderMark(text: String) throws {
    let file = try folder.write("\u{FEFF}" + text, to: "key", mode: 0o600)
    #expect(try TokenLookup(file: file, environment: [:]).token().value == "sk-a")
  }

  @Test("is not read from a directory")
  func directory() throws {
    let failure = #expect(throws: CommandFailure.self) { try TokenLookup(file: folder.path, environment: [:]).token() }
    #expect(failure?.message.contains("Is a directory") == true)
  }

  @Test(
    "comes with a warning when its file is open to others", arguments: [(0o644, true), (0o640, false), (0o600, false)])
  func warning(mode: Int, warns: Bool) throws {
    let file = try folder.write("sk-file", to: "key", mode: mode)
    let warning = try TokenLookup(file: file, environment: [:]).token().warning
    #expect((warning != nil) == warns)
    if let warning { #expect(warning.contains("chmod o= \(file)")) }
  }

  @Test("never shows in a description")
  func redacted() throws {
    let token = Token(value: "sk-secret", source: "CODEX_FLEET_TOKEN")
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains("sk-secret")) }
  }
}
