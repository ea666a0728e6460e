import Testing

@testable import FleetCommand

@Suite("codex-fleet completions", .timeLimit(.minutes(5)))
struct CompletionsCommandTests {
  @Test(
    "prints a script that knows the commands and their options",
    arguments: [("bash", "complete "), ("zsh", "#compdef codex-fleet"), ("fish", "complete -c 'codex-fleet'")])
  func scripts(shell: String, sign: String) async {
    let console = TestConsole()
    #expect(await console.run("completions", shell) == .ok)
    for word in [sign, "summary", "refresh", "watch", "stats", "fail-below", "prometheus"] {
      #expect(console.output.contains(word), "\(word)")
    }
  }

  @Test("knows three shells")
  func otherShells() async {
    let console = TestConsole()
    #expect(await console.run("completions", "tcsh") == .usage)
    #expect(await console.run("completions") == .usage)
  }
}
