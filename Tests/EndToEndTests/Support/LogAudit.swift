import Testing

/// Looks through everything that the programs under test have logged or complained about, in every test of the suite.
enum LogAudit {
  /// What secrets and addresses of these tests look like: e-mail addresses, tokens of the simulator and of declared
  /// stores, API keys, id tokens, Fernet ciphertexts, key files.
  private static let marks = [
    "@example", "simulated-access", "simulated-refresh", "refresh-a", "access-a", "sk-test", "sk-fleet-", "sk-clb-",
    "eyJ", "gAAAAA", "MDEyMzQ1",
  ]

  /// Records an issue for every line that holds what may never be logged.
  static func check(_ text: String) {
    for line in text.split(separator: "\n") where marks.contains(where: { line.contains($0) }) {
      Issue.record("a secret or an address was printed: \(line.count) characters beginning with \(line.prefix(40))")
    }
  }
}
