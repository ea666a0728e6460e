internal import JSON

/// What `daemon.health` tells: nothing about accounts, because nobody is asked for a key.
struct DaemonHealth: Hashable, Sendable {
  /// The version of the wire protocol.
  static let protocolVersion = 1

  /// Whether the daemon is about to stop.
  var isDraining: Bool
  /// The daemon's version.
  var version: String

  /// The result as bytes.
  func json() -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 96)
    writer.beginObject()
    writer.key("status")
    writer.string(isDraining ? "draining" : "ok")
    writer.key("version")
    writer.string(version)
    writer.key("protocolVersion")
    writer.integer(Self.protocolVersion)
    writer.endObject()
    return writer.bytes
  }
}
