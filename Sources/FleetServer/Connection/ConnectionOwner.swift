internal import NIOCore

/// What the server does for one connection, told by the connection's handler on its event loop.
struct ConnectionOwner {
  /// Has the connection's calls run from now on; nil when the server has stopped.
  ///
  /// Not every connection comes to that: one whose calls are all answered at once, or that lies idle, needs no task.
  let begin: (any Channel, ConnectionHandler) -> AsyncStream<ClientLine>.Continuation?
  /// Takes note that the connection is gone; said only where its calls were never begun.
  let forget: () -> Void
}
