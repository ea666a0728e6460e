/// Why a command ends without a result: what happened, what to do next, and the exit status that says so to scripts.
struct CommandFailure: Error, Equatable {
  var status: CommandStatus
  var message: String

  init(_ status: CommandStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
