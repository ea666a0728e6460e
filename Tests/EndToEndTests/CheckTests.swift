import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("What a check finds out", .timeLimit(Patience.minutes(3)))
struct CheckTests {
  private static let setpriv = URL(fileURLWithPath: "/usr/bin/setpriv")

  private let folder: TemporaryDirectory
  private let upstream: UpstreamSimulator
  private var socket: String { folder.file("fleet.sock") }

  init() async throws {
    folder = try TemporaryDirectory()
    upstream = try await UpstreamSimulator.start()
  }

  private var environment: [String: String] {
    [
      "HOME": folder.path, "CODEX_FLEETD_SOCKET": socket, "CODEX_FLEETD_UPSTREAM_URL": upstream.baseURL,
      "CODEX_FLEETD_AUTH_URL": upstream.baseURL,
    ]
  }

  private func check(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
    try await RunningProcess.run(BuiltProducts.daemon, ["check"] + arguments, environment: environment)
  }

  private func line(_ subject: String, in output: String) -> String {
    output.split(separator: "\n").first { $0.dropFirst(8).hasPrefix(subject) }.map(String.init) ?? ""
  }

  @Test("a daemon is told with its version, anything else that listens as what it is")
  func listeners() async throws {
    let daemon = try await RunningProcess(BuiltProducts.daemon, [], environment: environment)
    #expect(await daemon.errors.wait { $0.contains(" listening ") })
    let answered = try await check()
    #expect(answered.status == 0, "\(answered.output)")
    #expect(line("socket", in: answered.output).contains("a daemon answers at \(socket), version "))
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
    let silent = try SilentSocket(at: socket)
    let unanswered = try await check()
    withExtendedLifetime(silent) {}
    #expect(unanswered.status == 1)
    #expect(
      line("socket", in: unanswered.output).hasPrefix(
        "failed  socket         something listens at \(socket) and does not answer as a daemon: no answer within 5.0"),
      "\(unanswered.output)")
    await upstream.stop()
  }

  @Test("a daemon that lets the asking user not in is told as one")
  func refusingDaemon() async throws {
    let daemon = try await RunningProcess(
      BuiltProducts.daemon, ["--allow-uids", "\(getuid() + 1)"], environment: environment)
    #expect(await daemon.errors.wait { $0.contains(" listening ") })
    let refused = try await check()
    #expect(line("socket", in: refused.output).contains("the daemon at \(socket) refuses to answer: "))
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
    await upstream.stop()
  }

  @Test("an address without a usage API or a login service is told by its setting")
  func wrongAddresses() async throws {
    upstream.behave(.status(404))
    upstream.behave(.status(404), call: .token)
    let wrong = try await check()
    #expect(wrong.status == 1)
    #expect(
      line("upstream", in: wrong.output).contains("\(upstream.baseURL) has no usage API; check --upstream-url"),
      "\(wrong.output)")
    #expect(
      line("login service", in: wrong.output).contains("\(upstream.baseURL) has no login service; check --auth-url"))
    upstream.behaveNormally()
    let closed = try ClosedPort()
    let unreachable = try await check("--auth-url", "http://127.0.0.1:\(closed.number)")
    #expect(unreachable.status == 1)
    #expect(line("upstream", in: unreachable.output).hasPrefix("ok "), "\(unreachable.output)")
    #expect(
      line("login service", in: unreachable.output).contains("cannot be reached; check the network, or --auth-url"))
    await upstream.stop()
  }

  @Test("a socket that everybody may replace is warned of and fails a check, unless the directory is sticky")
  func sharedSocketDirectory() async throws {
    #expect(chmod(folder.path, 0o777) == 0)
    let words = "every user may replace \(socket), for the directory \(folder.path) may be written by others; "
    let daemon = try await RunningProcess(BuiltProducts.daemon, [], environment: environment)
    #expect(await daemon.errors.wait { $0.contains(words + "run: chmod o-w '\(folder.path)'") })
    let shared = try await check()
    #expect(shared.status == 1)
    #expect(line("socket", in: shared.output).hasPrefix("failed  socket         \(words)"), "\(shared.output)")
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
    #expect(chmod(folder.path, 0o1777) == 0)
    #expect(try await check().status == 0)
    await upstream.stop()
  }

  @Test("a store that everybody may replace fails a check")
  func sharedStoreDirectory() async throws {
    let store = try await OwnStore.build { StoredKey("full") }
    #expect(try await check("--store", store.path).status == 0)
    let directory = URL(fileURLWithPath: store.path).deletingLastPathComponent().path
    #expect(chmod(directory, 0o703) == 0)
    let shared = try await check("--store", store.path)
    #expect(shared.status == 1)
    #expect(line("store", in: shared.output).contains("every user may replace \(store.path)"), "\(shared.output)")
    await upstream.stop()
  }

  @Test(
    "a store that may not be written fails a check as it fails a command that writes",
    .enabled(if: geteuid() == 0, "only root can become another user, and only others are refused"))
  func unwritableStore() async throws {
    let store = try await OwnStore.build { StoredKey("full") }
    let directory = URL(fileURLWithPath: store.path).deletingLastPathComponent()
    for path in [directory.path, folder.path] { #expect(chown(path, 65_534, 65_534) == 0) }
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      #expect(chown(directory.appendingPathComponent(name).path, 65_534, 65_534) == 0)
    }
    func asOther(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
      try await RunningProcess.run(
        Self.setpriv,
        ["--reuid=65534", "--regid=65534", "--clear-groups", BuiltProducts.daemon.path] + arguments
          + ["--store", store.path], environment: environment)
    }
    let writable = try await asOther("check")
    #expect(writable.status == 0, "\(writable.output)")
    #expect(chmod(store.path, 0o400) == 0)
    let words = "The store \(store.path) may not be written. Let this user write the file"
    #expect(try await asOther("key", "create", "x").errors.contains(words))
    let check = try await asOther("check")
    #expect(check.status == 1)
    #expect(line("store", in: check.output).contains(words), "\(check.output)")
    await upstream.stop()
  }
}

/// A program's socket that lets everybody connect and never says a word.
private final class SilentSocket {
  private let descriptor: Int32

  init(at path: String) throws {
    descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw RawConnection.Failure(call: "socket", number: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let (descriptor, size) = (descriptor, socklen_t(MemoryLayout<sockaddr_un>.size))
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    guard result == 0, listen(descriptor, 8) == 0 else { throw RawConnection.Failure(call: "bind", number: errno) }
  }

  deinit { close(descriptor) }
}
