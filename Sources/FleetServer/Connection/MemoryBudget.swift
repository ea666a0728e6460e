internal import NIOConcurrencyHelpers
internal import NIOCore

/// How many bytes wait for clients, over all connections: lines that have begun, and answers that are not read.
final class MemoryBudget: Sendable {
  private struct State {
    var held: [ObjectIdentifier: (bytes: Int, channel: any Channel)] = [:]
    var sum = 0
  }

  private let limit: Int
  private let fairShare: Int
  private let state = NIOLockedValueBox(State())

  /// - Parameters:
  ///   - limit: how many may wait before those who hold much are cut off.
  ///   - fairShare: how many anybody may hold.
  init(limit: Int, fairShare: Int) {
    self.limit = limit
    self.fairShare = fairShare
  }

  /// Takes note of what a connection holds now.
  ///
  /// - Returns: the connection that is to be cut off, if all together hold too much: the one that holds most.
  func update(_ channel: any Channel, to bytes: Int) -> (any Channel)? {
    let id = ObjectIdentifier(channel)
    return state.withLockedValue { state in
      let before = state.held[id]?.bytes ?? 0
      guard bytes != before else { return nil }
      state.held[id] = bytes > 0 ? (bytes, channel) : nil
      state.sum += bytes - before
      guard state.sum > limit, bytes > before else { return nil }
      let greediest = state.held.values.max { $0.bytes < $1.bytes }
      return greediest.flatMap { $0.bytes > fairShare ? $0.channel : nil }
    }
  }

  /// How many bytes wait now.
  var bytesWaiting: Int { state.withLockedValue { $0.sum } }
}
