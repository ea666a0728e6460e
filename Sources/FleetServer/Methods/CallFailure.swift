internal import JSONRPC

/// Why a call has no result.
enum CallFailure: Error {
  /// The caller's key was not accepted.
  case unauthenticated(RPCError)
  /// Anything else the caller is told.
  case refused(RPCError)
  /// Something that should not happen; the text is for the log, the caller is told only where to look.
  case unexpected(String)
  /// The caller is gone: nobody is to be told anything.
  case abandoned
}
