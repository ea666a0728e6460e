import CodexLogin
import Foundation
import Subprocess
import Testing

@testable import FleetSQLite

@Suite("Fernet")
struct FernetTests {
  static let secret = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
  /// The example token of the Fernet specification: "hello", 499162800, initialisation vector 0 to 15.
  static let token =
    "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="

  @Test("makes the specification's token")
  func generate() throws {
    let fernet = try #require(Fernet(base64URL: Self.secret.utf8))
    let token = try fernet.encrypt(
      Array("hello".utf8), unixSeconds: 499_162_800, initializationVector: Array(0..<16))
    #expect(token == Self.token)
  }

  @Test("reads the specification's token")
  func verify() throws {
    let fernet = try #require(Fernet(base64URL: Self.secret.utf8))
    #expect(fernet.decrypt(Self.token.utf8) == Array("hello".utf8))
  }

  @Test(
    "refuses the specification's invalid tokens",
    arguments: [
      "incorrect mac":
        "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
      "too short": "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
      "invalid base64":
        "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
      "payload size not multiple of block size":
        "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
      "payload padding error":
        "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
      "incorrect initialisation vector":
        "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
      "no padding": String(token.dropLast(2)),
      "text after the token": token + "AAAA",
      "empty": "",
    ])
  func invalid(name: String, token: String) throws {
    let fernet = try #require(Fernet(base64URL: Self.secret.utf8))
    #expect(fernet.decrypt(token.utf8) == nil, "\(name)")
  }

  @Test("refuses a token in which any one byte was changed")
  func tampered() throws {
    let fernet = try #require(Fernet(base64URL: Self.secret.utf8))
    let bytes = try #require(Base64URL.decode(Self.token.utf8, padding: .required))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(fernet.decrypt(Base64URL.encode(changed, padding: .required).utf8) == nil, "byte \(index)")
    }
  }

  @Test("refuses a token made with another key")
  func otherKey() throws {
    let other = try #require(Fernet(key: Array(repeating: 7, count: 32)))
    #expect(other.decrypt(Self.token.utf8) == nil)
  }

  @Test("two tokens of one text differ", arguments: [0, 1, 15, 16, 17, 5_000])
  func roundTrip(length: Int) throws {
    let fernet = try #require(Fernet(base64URL: Self.secret.utf8))
    let plaintext = [UInt8](repeating: 65, count: length)
    let first = try fernet.encrypt(plaintext, unixSeconds: 1)
    let second = try fernet.encrypt(plaintext, unixSeconds: 1)
    #expect(first != second)
    #expect(fernet.decrypt(first.utf8) == plaintext)
  }

  @Test("shows nothing of its key")
  func redacted() throws {
    let fernet = try #require(Fernet(base64URL: Self.secret.utf8))
    var text = ""
    dump(fernet, to: &text)
    #expect(text.contains("<fernet key>"))
    #expect("\(fernet)" == "<fernet key>")
    #expect(Mirror(reflecting: fernet).children.isEmpty)
  }
}

@Suite(
  "Fernet and Python's cryptography", .timeLimit(.minutes(5)),
  .enabled("there is no such Python here") { await Python.hasCryptography() })
struct FernetInteroperationTests {
  @Test("Python reads our tokens")
  func pythonReads() async throws {
    let fernet = try #require(Fernet(base64URL: FernetTests.secret.utf8))
    let token = try fernet.encrypt(Array("déjà vu".utf8), unixSeconds: 1_700_000_000)
    let output = try await Python.run(
      "import sys; from cryptography.fernet import Fernet; sys.stdout.buffer.write(Fernet(sys.argv[1]).decrypt(sys.argv[2]))",
      FernetTests.secret, token)
    #expect(output == "déjà vu")
  }

  @Test("we read Python's tokens")
  func weRead() async throws {
    let fernet = try #require(Fernet(base64URL: FernetTests.secret.utf8))
    let token = try await Python.run(
      "import sys; from cryptography.fernet import Fernet; print(Fernet(sys.argv[1]).encrypt(b'token').decode(), end='')",
      FernetTests.secret)
    #expect(fernet.decrypt(token.utf8) == Array("token".utf8))
  }
}

private enum Python {
  static func hasCryptography() async -> Bool {
    (try? await run("import cryptography; print('yes', end='')")) == "yes"
  }

  static func run(_ program: String, _ arguments: String...) async throws -> String {
    try await Subprocess.run(
      .name("python3"), arguments: Arguments(["-c", program] + arguments), output: .string(limit: 1 << 16)
    ).standardOutput
  }
}
