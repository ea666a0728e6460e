internal import CCurl
internal import Glibc
internal import NIOConcurrencyHelpers

/// Runs all HTTP requests of this process: one thread with one libcurl multi handle, asleep while there is nothing to do.
///
/// Connections are kept and shared; HTTP/2 is used where the server offers it over TLS. The endpoints share one driver.
final class CurlDriver: Sendable {
  /// What the driver did and does.
  struct Statistics: Hashable, Sendable {
    /// Requests handed in since the start.
    var started = 0
    /// Requests on their way now.
    var inFlight = 0
    /// Connections opened since the start.
    var connectionsOpened = 0
  }

  private struct Job: Sendable {
    let request: HTTPRequest
    let completion: CurlTransfer.Completion
  }

  private struct State: Sendable {
    var queue: [Job] = []
    var isStopping = false
    var isGone = false
    var stopWatchers: [CheckedContinuation<Void, Never>] = []
    var statistics = Statistics()
  }

  /// The multi handle, for the driver's thread and, as libcurl allows for this one function, for waking it from others.
  ///
  /// `@unchecked`: the pointer never changes. The thread that runs `loop` is the only one that uses it otherwise, and
  /// others wake it only under the state's lock while `isGone` is false, which that thread sets before it frees it.
  private struct Multi: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  private let multi: Multi
  private let state = NIOLockedValueBox(State())

  /// How many idle connections are kept; without a limit of its own libcurl keeps too few for a large fleet.
  static let keptConnections = 256
  /// How long libcurl may sleep at once; it wakes up by itself for its own timers and when it is woken.
  private static let longestSleep = Duration.seconds(3_600)

  /// The system has no thread or memory left for a driver.
  struct Unavailable: Error, CustomStringConvertible {
    /// What is missing.
    let description = "no thread or memory is left to make HTTP requests with"
  }

  /// Starts the driver's thread.
  init() throws(Unavailable) {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let pointer = curl_multi_init() else {
      throw Unavailable()
    }
    multi = Multi(pointer: pointer)
    codex_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, Self.keptConnections)
    codex_curl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    guard pthread_create(&thread, nil, runDriver, context.toOpaque()) == 0 else {
      context.release()
      curl_multi_cleanup(pointer)
      throw Unavailable()
    }
    pthread_detach(thread)
  }

  /// Sends a request and waits for the complete answer. Does not react to cancellation: the time limit ends it.
  func perform(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    guard request.hasSafeHeaders else { throw .invalidRequest }
    let result: Result<HTTPResponse, HTTPTransportError> = await withCheckedContinuation { completion in
      let isAccepted = state.withLockedValue { state in
        guard !state.isStopping else { return false }
        state.queue.append(Job(request: request, completion: completion))
        state.statistics.started += 1
        state.statistics.inFlight += 1
        curl_multi_wakeup(multi.pointer)
        return true
      }
      if !isAccepted { completion.resume(returning: .failure(.shutDown)) }
    }
    return try result.get()
  }

  /// Fails what is still on its way, ends the thread and closes all connections.
  func shutdown() async {
    await withCheckedContinuation { continuation in
      let isGone = state.withLockedValue { state in
        guard !state.isGone else { return true }
        state.isStopping = true
        state.stopWatchers.append(continuation)
        curl_multi_wakeup(multi.pointer)
        return false
      }
      if isGone { continuation.resume() }
    }
  }

  /// What the driver did and does.
  var statistics: Statistics { state.withLockedValue { $0.statistics } }

  /// The thread's work, until it is told to stop.
  fileprivate func loop() {
    var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    while true {
      let (jobs, isStopping) = state.withLockedValue { state in
        defer { state.queue = [] }
        return (state.queue, state.isStopping)
      }
      if isStopping {
        for job in jobs { job.completion.resume(returning: .failure(.shutDown)) }
        break
      }
      for job in jobs { start(job, &transfers) }
      var running: Int32 = 0
      curl_multi_perform(multi.pointer, &running)
      collect(&transfers)
      let pause = endOverdue(&transfers)
      curl_multi_poll(multi.pointer, nil, 0, Int32(pause / .milliseconds(1)) + 1, nil)
    }
    for transfer in transfers.values {
      curl_multi_remove_handle(multi.pointer, transfer.handle)
      transfer.fail(.shutDown)
    }
    transfers = [:]
    let watchers = state.withLockedValue { state in
      state.isGone = true
      state.statistics.inFlight = 0
      return state.stopWatchers
    }
    curl_multi_cleanup(multi.pointer)
    for watcher in watchers { watcher.resume() }
  }

  private func start(_ job: Job, _ transfers: inout [UnsafeMutableRawPointer: CurlTransfer]) {
    guard let transfer = CurlTransfer(job.request, completion: job.completion) else {
      count(connections: 0)
      job.completion.resume(returning: .failure(.invalidRequest))
      return
    }
    guard curl_multi_add_handle(multi.pointer, transfer.handle) == CURLM_OK else {
      count(connections: 0)
      transfer.fail(.unreachable(.notSent))
      return
    }
    transfers[transfer.handle] = transfer
  }

  /// Finishes the transfers that libcurl is done with.
  private func collect(_ transfers: inout [UnsafeMutableRawPointer: CurlTransfer]) {
    var remaining: Int32 = 0
    while let message = curl_multi_info_read(multi.pointer, &remaining) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      let code = CurlCode(rawValue: codex_curl_message_result(message).rawValue)
      guard let transfer = transfers.removeValue(forKey: handle) else { continue }
      curl_multi_remove_handle(multi.pointer, handle)
      count(connections: transfer.connectionsOpened)
      transfer.finish(code)
    }
  }

  /// Ends the transfers whose time is up; returns how long it takes until there may be another.
  ///
  /// libcurl's own limit is not used: it is not kept for a request that waits for another's connection, and it comes
  /// before an answer that has arrived while the process was stopped, and which may hold tokens.
  private func endOverdue(_ transfers: inout [UnsafeMutableRawPointer: CurlTransfer]) -> Duration {
    let now = SuspendingClock.now
    var pause = Self.longestSleep
    for (handle, transfer) in transfers {
      let rest = now.duration(to: transfer.deadline)
      guard rest <= .zero else {
        pause = min(pause, rest)
        continue
      }
      transfers[handle] = nil
      curl_multi_remove_handle(multi.pointer, handle)
      count(connections: transfer.connectionsOpened)
      transfer.finish(.timedOut)
    }
    return pause
  }

  private func count(connections: Int) {
    state.withLockedValue { state in
      state.statistics.inFlight -= 1
      state.statistics.connectionsOpened += connections
    }
  }
}

/// The driver's thread.
private func runDriver(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<CurlDriver>.fromOpaque(context).takeRetainedValue().loop()
  return nil
}
