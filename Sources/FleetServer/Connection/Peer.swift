/// The process at the other end of a connection, as the kernel knew it when the connection was made.
///
/// The layout is that of Linux's `struct ucred`, which `SO_PEERCRED` answers with.
struct Peer: Hashable, Sendable {
  /// Its number; 0 when it is not known here.
  var process: Int32
  /// The user it runs as.
  var user: UInt32
  /// The group it runs as; its further groups are asked for apart.
  var group: UInt32
}

/// Which peers may connect, on top of what the socket's mode allows.
public struct PeerPolicy: Hashable, Sendable {
  /// The users who may; nil for all.
  public var users: Set<UInt32>?
  /// The groups that may, as a process's main group or as one of its further ones; nil for all.
  public var groups: Set<UInt32>?

  /// Makes a policy; where both lists are given, being in one of them is enough.
  public init(users: Set<UInt32>? = nil, groups: Set<UInt32>? = nil) {
    self.users = users
    self.groups = groups
  }

  /// Whether a peer may connect, as far as that can be told without its further groups; nil when it depends on them.
  func verdict(on peer: Peer) -> Bool? {
    if users == nil, groups == nil { return true }
    if users?.contains(peer.user) == true || groups?.contains(peer.group) == true { return true }
    return groups == nil || groups?.isEmpty == true ? false : nil
  }

  /// Whether a peer with these further groups may connect.
  func allows(_ peer: Peer, _ furtherGroups: PeerGroups) -> Bool {
    verdict(on: peer) ?? (groups.map { furtherGroups.contains(anyOf: $0) } ?? false)
  }
}
