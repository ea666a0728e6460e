internal import Foundation
internal import StoreBuilder

extension Benchmark {
  /// How long a daemon takes from its start to its first answer.
  static let start = Benchmark(name: "start", title: "exec to first answer, 100 accounts") { stage in
    let store = try await MadeStore.make(accounts: 100)
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<stage.choose(quick: 7, full: 25) {
      let socket = stage.folder.file("start.sock")
      let begun = clock.now
      let daemon = try await ServerProcess.launch(
        stage.daemon, stage.daemonArguments(store: store.path, socket: socket, settings: ["usage-refresh": "off"]),
        socket: socket, log: stage.folder.file("start.log"))
      try FleetCall.summary.waitForAnswer(at: socket)
      times.append((clock.now - begun) / .milliseconds(1))
      await daemon.stop()
    }
    return [
      Figure("median time to the first summary", times.median, "ms", .atMost(40)),
      Figure("shortest time", times.min() ?? .nan, "ms"), Figure("longest time", times.max() ?? .nan, "ms"),
    ]
  }

  /// How long a caller waits whose call starts the daemon.
  static let activation = Benchmark(
    name: "activation", title: "cold socket activation to first answer, 100 accounts"
  ) { stage in
    let activator = "/usr/bin/systemd-socket-activate"
    guard FileManager.default.isExecutableFile(atPath: activator) else { return [] }
    let store = try await MadeStore.make(accounts: 100)
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<stage.choose(quick: 7, full: 25) {
      let socket = stage.folder.file("activated.sock")
      try? FileManager.default.removeItem(atPath: socket)
      let daemon = try await ServerProcess.launch(
        activator,
        ["--listen=\(socket)", stage.daemon]
          + stage.daemonArguments(store: store.path, socket: socket, settings: ["usage-refresh": "off"]),
        socket: socket, log: stage.folder.file("activated.log"))
      // The activator alone listens now: the daemon is started by the connection.
      while !FileManager.default.fileExists(atPath: socket) { await Task.yield() }
      let begun = clock.now
      try FleetCall.summary.waitForAnswer(at: socket)
      times.append((clock.now - begun) / .milliseconds(1))
      await daemon.stop()
    }
    return [
      Figure("median time to the first summary", times.median, "ms", .atMost(80)),
      Figure("longest time", times.max() ?? .nan, "ms"),
    ]
  }
}
