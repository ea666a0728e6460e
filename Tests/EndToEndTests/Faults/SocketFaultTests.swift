import FleetTestSupport
import Foundation
import StoreBuilder
import Testing

@Suite("Faults of the socket", .timeLimit(Patience.minutes(20)))
struct SocketFaultTests {
  private static let rounds = ProcessInfo.processInfo.environment["CODEX_FLEET_FAULT_ROUNDS"].flatMap { Int($0) } ?? 10

  private func store() throws -> CodexLBStore {
    try CodexLBStore.build {
      StoredAccount("a")
      StoredKey("full")
    }
  }

  /// Every other round leaves a dead socket file behind, which the next two both find.
  @Test("of two daemons that start at once one serves and the other says why not, also where one was killed before")
  func twoAtOnce() async throws {
    let store = try store()
    let folder = try TemporaryDirectory()
    for round in 1...Self.rounds {
      let rivals = try await withThrowingTaskGroup(of: DaemonProcess.self) { group in
        for _ in 0..<2 { group.addTask { try await DaemonProcess.launch(in: folder, store: store.directory.path) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let socket = rivals[0].socketPath
      for rival in rivals {
        #expect(await rival.process.errors.wait { $0.contains("Error:") || $0.contains(" listening ") })
      }
      let loser = try #require(
        rivals.firstIndex { $0.process.errors.text.contains("Error:") }, "round \(round): both serve")
      #expect(await rivals[loser].process.waitForEnd() == 1, "round \(round)")
      #expect(rivals[loser].process.errors.text.contains(socket))
      let winner = rivals[1 - loser]
      #expect(await winner.process.errors.wait { $0.contains(" listening ") }, "round \(round)")
      #expect(try await winner.call("fleet.summary").accounts.count == 1)
      let isKilled = !round.isMultiple(of: 2)
      winner.process.signal(isKilled ? SIGKILL : SIGTERM)
      #expect(await winner.process.waitForEnd() == (isKilled ? 128 + SIGKILL : 0), "round \(round)")
      #expect(FileManager.default.fileExists(atPath: socket) == isKilled, "round \(round)")
    }
  }

  @Test("a daemon whose socket file is removed serves those it has, and makes the file again for the others")
  func removedFile() async throws {
    let store = try store()
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(in: folder, store: store.directory.path)
    let connection = try RawConnection(daemon.socketPath)
    // Twice, as a tidy program may come by again.
    for _ in 0..<2 {
      try FileManager.default.removeItem(atPath: daemon.socketPath)
      try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
      #expect(try Answer(await connection.readLine()).accounts.count == 1)
      // The path is still its own.
      let second = try await DaemonProcess.launch(in: folder, store: store.directory.path)
      #expect(await second.process.waitForEnd() == 1)
      #expect(second.process.errors.text.contains(daemon.socketPath))
      await until { FileManager.default.fileExists(atPath: daemon.socketPath) }
      #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    }
    #expect(daemon.process.errors.text.contains("the socket's file was gone; it is there again"))
    #expect(await daemon.stop().status == 0)
    #expect(!FileManager.default.fileExists(atPath: daemon.socketPath))
  }

  @Test(
    "a daemon whose directory is replaced serves on, and is found at its path again unless another file stands there",
    arguments: [true, false])
  func replacedDirectory(isFree: Bool) async throws {
    let store = try store()
    let folder = try TemporaryDirectory()
    let run = folder.file("run")
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: false)
    let daemon = try await DaemonProcess.start("run/fleet", in: folder, store: store.directory.path)
    try FileManager.default.moveItem(atPath: run, toPath: folder.file("old"))
    let foreign = Data("somebody else's".utf8)
    if !isFree {
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: false)
      try foreign.write(to: URL(fileURLWithPath: daemon.socketPath))
    }
    let connection = try RawConnection(folder.file("old/fleet.sock"))
    try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
    #expect(try Answer(await connection.readLine()).accounts.count == 1)
    if isFree {
      await until { FileManager.default.fileExists(atPath: daemon.socketPath) }
      #expect(try await daemon.call("fleet.summary").accounts.count == 1)
      // It has the new directory's lock, too.
      let second = try await DaemonProcess.launch("run/fleet", in: folder, store: store.directory.path)
      #expect(await second.process.waitForEnd() == 1)
    } else {
      #expect(await daemon.process.errors.wait { $0.contains("nobody can connect") && $0.contains("is not a socket") })
    }
    #expect(await daemon.stop().status == 0)
    if !isFree { #expect(try Data(contentsOf: URL(fileURLWithPath: daemon.socketPath)) == foreign) }
  }
}
