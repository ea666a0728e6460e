internal import JSON
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A provider for tests: a real HTTP/1.1 server on the loopback interface with a usage call and a token exchange.
///
/// It serves `GET /backend-api/wham/usage` (and `/wham/usage`), `POST /oauth/token` and, for whoever drives it from
/// outside, `GET /_simulator/counters`. Everything may be changed while requests are under way, from any thread.
public final class UpstreamSimulator: Sendable {
  let state: NIOLockedValueBox<SimulatorState>
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel

  /// The port it listens on.
  public let port: Int

  /// The address to give to whoever shall ask it, such as `http://127.0.0.1:34567`.
  public var baseURL: String { "http://127.0.0.1:\(port)" }

  private init(
    state: NIOLockedValueBox<SimulatorState>, group: MultiThreadedEventLoopGroup, channel: any Channel, port: Int
  ) {
    self.state = state
    self.group = group
    self.channel = channel
    self.port = port
  }

  /// Starts a server with no accounts.
  ///
  /// - Parameter port: 0 lets the system choose one.
  /// - Throws: when the port cannot be had.
  public static func start(port: Int = 0) async throws -> UpstreamSimulator {
    let state = NIOLockedValueBox(SimulatorState())
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 1_024)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(SimulatorConnection(state: state))
          }
        }
        .bind(host: "127.0.0.1", port: port).get()
      return UpstreamSimulator(
        state: state, group: group, channel: channel, port: channel.localAddress?.port ?? port)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// Closes all connections and lets everybody go who waits for requests; further calls do nothing.
  public func stop() async {
    let (isFirst, watchers) = state.withLockedValue { state in
      defer { state.held = [:] }
      let isFirst = !state.isStopped
      state.isStopped = true
      return (isFirst, state.takeReachedWatchers())
    }
    for watcher in watchers { watcher.finish() }
    guard isFirst else { return }
    try? await channel.close().get()
    try? await group.shutdownGracefully()
  }

  /// What it has seen since it started.
  public var counters: SimulatorCounters { state.withLockedValue { $0.counters } }

  /// The requests that have arrived, in order; the first 20,000.
  public var requests: [RecordedRequest] { state.withLockedValue { $0.recorded } }

  /// Returns when so many usage requests have arrived since the start, the server stops, or the task is cancelled.
  public func waitForUsageRequests(_ count: Int) async { await wait(for: count, of: .usage) }

  /// Returns when so many token exchanges have arrived since the start, the server stops, or the task is cancelled.
  public func waitForTokenRequests(_ count: Int) async { await wait(for: count, of: .token) }

  private func wait(for count: Int, of call: Call) async {
    let (reached, signal) = AsyncStream.makeStream(of: Never.self)
    state.withLockedValue { state in
      guard !state.isStopped, state.counters.requests(call) < count else { return signal.finish() }
      state.watchers.append((call, count, signal))
    }
    for await _ in reached {}
  }
}
