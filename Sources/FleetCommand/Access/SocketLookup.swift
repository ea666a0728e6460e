internal import FleetSocket
internal import Glibc

/// Finds the daemon's socket: the one that was named, here or in the configuration file, else the first that is there of
/// the places it may be in.
struct SocketLookup: Sendable, Equatable {
  /// The variable that may name the socket.
  static let variable = "CODEX_FLEET_SOCKET"

  /// The socket to connect to.
  let path: String
  /// Further places that were looked at, in vain.
  let others: [String]

  init(
    given: String?, environment: [String: String],
    exists: (String) -> Bool = { access($0, F_OK) == 0 || errno == EACCES }
  ) throws(CommandFailure) {
    var given = given ?? environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    if given == nil { given = try ClientFile.find(environment)?.values[.socket] }
    if let given {
      if let fault = SocketPath.fault(in: given) {
        throw CommandFailure(.usage, "\(PrintableText.name(given)) cannot be a socket: \(fault)")
      }
      path = given
      others = []
      return
    }
    let places = Self.places(environment)
    let place = places.first(where: exists) ?? places[0]
    path = place
    others = places.filter { $0 != place }
  }

  /// Where the daemon may have its socket, the likeliest place first; never empty.
  ///
  /// A person's own environment names another place than that of a daemon of the system, so all of them count.
  private static func places(_ environment: [String: String]) -> [String] {
    var environment = environment
    var places: [String] = []
    for variable in ["RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR", nil] {
      let place = SocketPath.defaultPath(environment: environment)
      if !places.contains(place) { places.append(place) }
      if let variable { environment[variable] = nil }
    }
    return places
  }
}
