internal import FleetSocket

extension FleetServer {
  /// What stands at a socket's path.
  public enum Occupant: Sendable {
    /// Nothing, or a socket nobody listens on any more.
    case nobody
    /// Something that answers.
    case server
  }

  /// Finds out, without changing anything, whether a server could listen at a path or does so already.
  ///
  /// - Throws: `ListeningError` when the path cannot be a socket's, or another file is in its place.
  public static func occupant(ofSocket path: String) throws(ListeningError) -> Occupant {
    try SocketClaim.occupant(of: path)
  }
}
