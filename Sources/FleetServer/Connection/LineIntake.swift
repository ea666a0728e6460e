/// Where a connection's lines go that need more than an answer that is known.
enum LineIntake {
  /// No such line has come yet.
  case unused(ConnectionOwner)
  /// They go to the connection's calls.
  case begun(AsyncStream<ClientLine>.Continuation)
  /// The connection is gone.
  case closed
}
