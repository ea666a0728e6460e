internal import CLoadGenerator
internal import Foundation

/// A load that goes on beside another one until it is ended.
final class BackgroundLoad: Sendable {
  private let flag: StopFlag
  private let run: Task<Load, any Error>

  /// Begins it.
  init(_ call: FleetCall, at server: ServerProcess, _ plan: Load.Plan) {
    let flag = StopFlag()
    self.flag = flag
    run = Task { try await Load.run(call, at: server, plan, until: flag) }
  }

  /// Ends it after the call it is at.
  func end() async throws -> Load {
    flag.set()
    return try await run.value
  }
}

/// Tells a load that it is over.
final class StopFlag: @unchecked Sendable {
  // Read and written by C with atomic instructions alone.
  let pointer = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

  init() { pointer.initialize(to: 0) }

  func set() { load_stop(pointer) }

  deinit { pointer.deallocate() }
}

/// A client that has subscribed and reads what it is told.
final class Subscriber: Sendable {
  private let descriptor: Int32
  private let listening: Task<UInt64, Never>

  /// Subscribes.
  init(_ socket: String) throws {
    var descriptor: Int32 = -1
    guard load_open(socket, 1, &descriptor) == 1 else { throw BenchmarkFailure("cannot connect to subscribe") }
    let line = FleetCall("fleet.subscribe").line
    self.descriptor = descriptor
    listening = Task { [descriptor] in
      await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: load_listen(descriptor, line)) }
      }
    }
  }

  /// Hangs up.
  ///
  /// - Returns: how many bytes it was told.
  func end() async -> UInt64 {
    shutdown(descriptor, Int32(SHUT_RDWR))
    let bytes = await listening.value
    close(descriptor)
    return bytes
  }
}
