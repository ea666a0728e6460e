internal import ArgumentParser

/// `codex-fleet completions`.
struct CompletionsCommand: ClientSubcommand {
  /// The shells there are completions for.
  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash
    case zsh
    case fish

    fileprivate var parsersName: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Prints a script that completes this program's command line.",
    discussion: """
      To have it in every new shell:

      bash: mkdir -p ~/.local/share/bash-completion/completions && codex-fleet completions bash > ~/.local/share/bash-completion/completions/codex-fleet

      zsh: codex-fleet completions zsh > DIR/_codex-fleet, where DIR is one of the directories in $fpath

      fish: mkdir -p ~/.config/fish/completions && codex-fleet completions fish > ~/.config/fish/completions/codex-fleet.fish
      """)

  @Argument(help: "The shell.")
  var shell: Shell

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    try console.print(ClientCommand.completionScript(for: shell.parsersName) + "\n")
    return .ok
  }
}
