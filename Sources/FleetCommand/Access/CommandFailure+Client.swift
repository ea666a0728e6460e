internal import FleetClient
internal import JSONRPC

extension CommandFailure {
  /// What a failed call means to whoever made it.
  init(_ failure: FleetClient.Failure, socket: SocketLookup, token: Token?) {
    switch failure {
    case .notRunning(let path) where OtherFile.stands(at: path):
      self.init(
        .unreachable, "\(PrintableText.of(path)) is not a socket; name the daemon's with --socket, or leave that away")
    case .notRunning(let path):
      let others = socket.others.isEmpty ? "" : " (nor at \(Self.list(socket.others)))"
      self.init(
        .unreachable,
        """
        no daemon at \(PrintableText.of(path))\(others); start it with "codex-fleetd" or "systemctl start \
        codex-fleet.socket", or name its socket with --socket
        """)
    case .permissionDenied(let path):
      let advice = SocketPermission(of: path)?.advice ?? "look at its owner and its mode"
      self.init(.unreachable, "you may not connect to \(PrintableText.of(path)): \(advice)")
    case .unreachable(let path, let reason):
      self.init(.unreachable, "cannot connect to \(PrintableText.of(path)): \(PrintableText.of(reason))")
    case .rpc(let error):
      self.init(error, token: token)
    case .connectionLost:
      self.init(.failed, "the daemon hung up before it answered; look at its log, then try again")
    case .protocolViolation(let reason):
      self.init(
        .failed,
        "what answers at \(PrintableText.of(socket.path)) is no daemon this client knows: \(PrintableText.of(reason))")
    case .subscriptionEnded(let reason) where reason == "unauthorized":
      self.init(
        .unauthorized,
        """
        the API key from \(token?.source ?? "the params") was revoked or has expired; make a new one with "codex-fleetd \
        key create NAME"
        """)
    case .subscriptionEnded(let reason):
      self.init(.failed, "the daemon tells of no more changes: \(PrintableText.of(reason))")
    case .closed:
      self.init(.failed, "the connection was closed")
    }
  }

  private init(_ error: RPCError, token: Token?) {
    let source = token?.source ?? "the params"
    switch error.kind {
    case .missingAPIKey:
      self.init(.unauthorized, #"the daemon asks for an API key; make one with "codex-fleetd key create NAME""#)
    case .invalidAPIKey:
      self.init(
        .unauthorized,
        """
        the daemon does not know the API key from \(source), or it was revoked; make a new one with "codex-fleetd key \
        create NAME"
        """)
    case .apiKeyExpired:
      self.init(
        .unauthorized,
        #"the API key from \#(source) has expired; make a new one with "codex-fleetd key create NAME""#)
    case .deadlineExceeded:
      self.init(
        .failed,
        """
        that took longer than it may, and goes on in the daemon; see what comes of it with "codex-fleet summary", or \
        give it more time with --timeout
        """)
    default:
      let name = error.dataCode.isEmpty ? "\(error.code)" : error.dataCode
      let advice = error.retryable ? "; try again in a moment" : ""
      self.init(
        error.code == .unauthorized ? .unauthorized : .failed,
        "the daemon refuses: \(PrintableText.of(error.message)) (\(PrintableText.of(name)))\(advice)")
    }
  }

  private static func list(_ paths: [String]) -> String { paths.map(PrintableText.of).joined(separator: ", ") }
}
