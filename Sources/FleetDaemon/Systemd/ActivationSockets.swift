internal import FleetServer
internal import Glibc

/// The listening sockets that systemd opened before it started this process.
enum ActivationSockets {
  /// Why a process that systemd started on demand cannot serve.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  /// The first descriptor that is passed, by sd_listen_fds(3).
  private static let firstDescriptor: Int32 = 3
  /// More than any unit has sockets.
  private static let maximumCount: Int32 = 1_024

  /// The sockets; empty when none were passed to this process.
  ///
  /// - Throws: `Fault` when what was passed is not what the daemon can serve on.
  static func passed(_ environment: [String: String], process: Int32 = getpid()) throws -> [PassedSocket] {
    guard let meant = environment["LISTEN_PID"], meant == "\(process)" else { return [] }
    guard let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), (0...maximumCount).contains(count) else {
      throw Fault(
        description: "LISTEN_FDS is \"\(environment["LISTEN_FDS"] ?? "")\", which is no number of sockets; start the "
          + "daemon through a systemd socket unit, or without LISTEN_PID and LISTEN_FDS")
    }
    let names = environment["LISTEN_FDNAMES"]?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    return try (0..<Int(count)).map { index in
      let name = names.indices.contains(index) && !names[index].isEmpty ? String(names[index]) : "unknown"
      do {
        return try PassedSocket(descriptor: firstDescriptor + Int32(index), name: name)
      } catch {
        throw Fault(
          description: "systemd passed a socket the daemon cannot serve on (number \(index + 1), named \(name)): "
            + "\(error); the socket unit needs ListenStream= with a path, and Accept=no")
      }
    }
  }
}
