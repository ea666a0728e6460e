/// How the program ends.
enum CommandStatus: Int32, Sendable {
  /// All went well.
  case ok = 0
  /// The call failed.
  case failed = 1
  /// The command line is wrong.
  case usage = 2
  /// The daemon cannot be reached.
  case unreachable = 3
  /// The API key is missing or not accepted.
  case unauthorized = 4
  /// Some accounts failed to refresh.
  case partlyFailed = 5
}
