internal import ArgumentParser
internal import FleetSocket

/// What can be wrong with a command line before anybody looks at its flags.
enum CommandLineWords {
  /// Refuses what is no text: read as well as can be, it would name another file than the one that is meant.
  static func requireText() throws {
    for number in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[number], String(validatingCString: argument) == nil else { continue }
      throw ValidationError("the argument \(number) is not valid UTF-8")
    }
  }

  /// Refuses a word in a command's place that is none: the parser would take it for an argument of the command that is
  /// run when none is given.
  static func requireKnownCommand(_ words: some Sequence<String>) throws {
    var command: any ParsableCommand.Type = DaemonCommand.self
    var path: [String] = []
    for word in words {
      let subcommands = command.configuration.subcommands
      guard !word.hasPrefix("-"), !subcommands.isEmpty, !(path.isEmpty && word == "help") else { return }
      guard let next = subcommands.first(where: { $0._commandName == word }) else {
        throw ValidationError(complaint(about: word, after: path, among: subcommands.map { $0._commandName }))
      }
      command = next
      path.append(word)
    }
  }

  private static func complaint(about word: String, after path: [String], among names: [String]) -> String {
    let guess = Spelling.nearest(to: word, among: names).map { "; did you mean \($0)?" } ?? "."
    let place = path.isEmpty ? "" : " of \(path.joined(separator: " "))"
    return "there is no command '\((path + [word]).joined(separator: " "))'\(guess) The commands\(place) are "
      + names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "") + "."
  }
}
