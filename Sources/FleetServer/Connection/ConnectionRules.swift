/// What a new connection goes by.
struct ConnectionRules: Sendable {
  var limits: ServerLimits
  var peers: PeerPolicy
}
