import Glibc
import Testing

@testable import FleetServer

@Suite("Claiming a socket path", .timeLimit(.minutes(5)))
struct SocketClaimTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.file("fleet.sock") }

  init() throws { directory = try TemporaryDirectory() }

  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  private func claim(_ path: String) throws(ListeningError) -> SocketClaim {
    let (claim, descriptor) = try SocketClaim.listen(at: path)
    close(descriptor)
    return claim
  }

  private func refusal(_ path: String) -> ListeningError? {
    do throws(ListeningError) {
      try claim(path).release()
      return nil
    } catch {
      return error
    }
  }

  @Test("a look says beforehand whether a socket could be made, and makes nothing")
  func looking() throws {
    #expect(try SocketClaim.occupant(of: path) == .nobody)
    #expect(try SocketClaim.occupant(of: directory.file("one") + "/fleet.sock") == .nobody)
    let tooDeep = directory.file("one/two/fleet.sock")
    #expect(throws: ListeningError.self) { try SocketClaim.occupant(of: tooDeep) }
    #expect(refusal(tooDeep) != nil)
    #expect(mode(directory.file("one")) == nil)
  }

  @Test("socket and directory are open to owner and group alone, whatever the umask")
  func permissions() throws {
    let path = directory.file("new") + "/fleet.sock"
    let claim = try claim(path)
    #expect(mode(path) == 0o660)
    #expect(mode(directory.file("new")) == 0o750)
    claim.release()
    #expect(mode(path) == nil)
  }

  @Test("a missing directory above the socket's own is an error that names it")
  func missingDirectory() {
    let error = refusal(directory.file("a") + "/b/fleet.sock")
    #expect(error?.code == .directory)
    #expect(error?.message.contains(directory.file("a") + "/b") == true)
  }

  @Test("the socket of a daemon that died is replaced")
  func deadSocket() throws {
    let (old, descriptor) = try SocketClaim.listen(at: path)
    // Its lock goes with the process and its descriptor too, but nobody removes the file.
    #expect(link(path, directory.file("kept")) == 0)
    close(descriptor)
    old.release()
    #expect(rename(directory.file("kept"), path) == 0)
    let claim = try claim(path)
    claim.release()
  }

  @Test("a socket that answers is not replaced, even when its owner holds no lock")
  func liveSocket() throws {
    let (old, descriptor) = try SocketClaim.listen(at: path)
    defer { close(descriptor) }
    #expect(link(path, directory.file("kept")) == 0)
    old.release()
    #expect(rename(directory.file("kept"), path) == 0)
    let error = refusal(path)
    #expect(error?.code == .alreadyRunning)
    #expect(error?.message.contains(path) == true)
    #expect(mode(path) != nil)
  }

  @Test("a path that is locked is refused, though nobody answers there")
  func locked() throws {
    let first = try claim(path)
    #expect(refusal(path)?.code == .alreadyRunning)
    first.release()
    #expect(refusal(path) == nil)
  }

  @Test("what is no socket is not replaced", arguments: ["file", "directory", "link"])
  func otherFile(kind: String) throws {
    switch kind {
    case "file": close(open(path, O_CREAT | O_WRONLY, 0o600))
    case "directory": mkdir(path, 0o700)
    default: symlink("/nowhere", path)
    }
    let error = refusal(path)
    #expect(error?.code == .notASocket)
    #expect(error?.message.contains(path) == true)
    #expect(mode(path) != nil)
  }

  @Test("a socket of another kind is not replaced while it is in use")
  func datagramSocket() {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    #expect(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0)
    #expect(refusal(path)?.code == .system)
    #expect(mode(path) != nil)
  }

  @Test("a file that took the socket's place is left alone")
  func foreignFile() throws {
    let claim = try claim(path)
    #expect(unlink(path) == 0)
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    claim.release()
    #expect(mode(path) == 0o600)
  }

  @Test("another socket that took the socket's place is left alone")
  func foreignSocket() throws {
    let claim = try claim(path)
    // The old file keeps its inode under another name, so that the new one cannot get the same.
    #expect(rename(path, directory.file("old")) == 0)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    #expect(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0)
    claim.release()
    #expect(mode(path) != nil)
  }

  @Test("the lock file stays")
  func lockFile() throws {
    try claim(path).release()
    #expect(mode(path + ".lock") == 0o600)
  }

  @Test("a path that is too long is refused and not cut")
  func longPath() {
    let path = directory.file(String(repeating: "x", count: 107 - directory.path.utf8.count - 1))
    #expect(path.utf8.count == 107)
    // The lock beside it is a plain file and may have a longer name.
    #expect(refusal(path) == nil)
    let error = refusal(path + "x")
    #expect(error?.code == .invalidPath)
    #expect(error?.message.contains("107") == true)
    #expect(refusal("")?.code == .invalidPath)
  }
}
