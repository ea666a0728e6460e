import Fleet
import Foundation
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("the encryption key file")
struct EncryptionKeyTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ text: String, permissions: Int = 0o600) throws -> String {
    let path = directory.file("encryption.key")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    return path
  }

  @Test("a line end after the key is tolerated, also by the fingerprint", arguments: ["", "\n", "\r\n"])
  func lineEnd(end: String) throws {
    let key = try EncryptionKey(file: write(CodexLBStore.keyText + end), audience: .ownerOnly)
    #expect(key.hasFingerprint("sha256:" + Digest.sha256(CodexLBStore.keyText)))
    #expect(key.fingerprint == "sha256:" + Digest.sha256(CodexLBStore.keyText + end))
  }

  @Test(
    "what is not 32 bytes of Base64 is refused",
    arguments: [
      "", "\n", "secret", String(CodexLBStore.keyText.dropLast()), CodexLBStore.keyText + "AAAA",
      " " + CodexLBStore.keyText,
    ])
  func malformed(text: String) throws {
    let path = try write(text)
    let error = #expect(throws: StoreError.self) { try EncryptionKey(file: path, audience: .ownerOnly) }
    #expect(error?.code == .keyMismatch)
    #expect(error?.message.contains(path) == true)
    #expect(text.count < 5 || error?.message.contains(text) == false)
  }

  @Test("a huge file is refused without reading all of it")
  func huge() throws {
    let path = try write(String(repeating: "A", count: 1 << 20))
    let error = #expect(throws: StoreError.self) { try EncryptionKey(file: path, audience: .ownerOnly) }
    #expect(error?.code == .keyMismatch)
  }

  @Test(
    "a key that too many may read is refused",
    arguments: [
      (EncryptionKey.Audience.ownerOnly, 0o600, true), (.ownerOnly, 0o400, true), (.ownerOnly, 0o640, false),
      (.ownerOnly, 0o604, false), (.ownerOnly, 0o620, false), (.group, 0o640, true), (.group, 0o660, true),
      (.group, 0o644, false), (.group, 0o604, false),
    ])
  func permissions(audience: EncryptionKey.Audience, permissions: Int, isAccepted: Bool) throws {
    let path = try write(CodexLBStore.keyText, permissions: permissions)
    if isAccepted {
      _ = try EncryptionKey(file: path, audience: audience)
    } else {
      let error = #expect(throws: StoreError.self) { try EncryptionKey(file: path, audience: audience) }
      #expect(error?.code == .permission)
      #expect(error?.message.contains("chmod") == true)
    }
  }

  @Test("a missing key is named")
  func missing() throws {
    let path = directory.file("none.key")
    let error = #expect(throws: StoreError.self) { try EncryptionKey(file: path, audience: .group) }
    #expect(error?.code == .keyMismatch)
    #expect(error?.message.contains(path) == true)
  }

  @Test("a made key is its owner's alone and is never made over another")
  func create() throws {
    let path = directory.file("new.key")
    let key = try EncryptionKey.create(file: path)
    #expect(try FileStatus(path: path)?.permissions == 0o600)
    #expect(try EncryptionKey(file: path, audience: .ownerOnly).fingerprint == key.fingerprint)
    #expect(throws: StoreError.self) { try EncryptionKey.create(file: path) }
    #expect(try EncryptionKey(file: path, audience: .ownerOnly).fingerprint == key.fingerprint)
  }
}
