internal import Glibc
internal import NIOConcurrencyHelpers

/// Tells systemd how the service fares, by datagrams to the socket it names; does nothing where there is none.
///
/// The messages are those of sd_notify(3).
final class ServiceNotifier: Sendable {
  private let path: String?
  private let isStopping = NIOLockedValueBox(false)

  /// Looks for systemd's socket in the environment.
  init(_ environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
  }

  /// Calls can be made.
  func ready(_ status: String) { send(["READY=1", "STATUS=\(status)"], waits: true) }

  /// The configuration is being read again; `ready` has to follow.
  func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)", "STATUS=Reading the configuration again"], waits: true)
  }

  /// The service is stopping, and needs so much time for it.
  func stopping(_ status: String, within span: Duration) {
    isStopping.withLockedValue { $0 = true }
    send(["STOPPING=1", "STATUS=\(status)", Self.extension(by: span)], waits: true)
  }

  /// What the service does, a line for people; not told any more once it stops.
  func status(_ text: String) {
    guard !isStopping.withLockedValue({ $0 }) else { return }
    send(["STATUS=\(text)"])
  }

  /// The service answers.
  func alive() { send(["WATCHDOG=1"]) }

  /// The service is still stopping, and needs so much longer from now.
  func stillStopping(_ status: String, within span: Duration) {
    send(["STATUS=\(status)", Self.extension(by: span)])
  }

  private static func `extension`(by span: Duration) -> String {
    "EXTEND_TIMEOUT_USEC=\(span.components.seconds * 1_000_000)"
  }

  /// - Parameter waits: whether it has to arrive, for which a busy systemd is given a second.
  private func send(_ assignments: [String], waits: Bool = false) {
    guard let path else { return }
    // A line that is none would be taken for another assignment.
    let message = assignments.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    // An abstract socket's name begins with a NUL, written as @.
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0)
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        // Whoever is not there to listen needs no answer either; the daemon must not hang on its supervisor.
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        _ = sendto(descriptor, message, message.utf8.count, flags, address, length)
      }
    }
  }
}
