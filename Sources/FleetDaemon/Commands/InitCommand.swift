internal import ArgumentParser
internal import FleetSQLite

/// `codex-fleetd init`.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Makes a new own store, with an encryption key beside it.",
    discussion: "The default store is also made by itself when it is first used; this is for a store elsewhere.")

  @OptionGroup var options: StoreOptions

  func run() async throws {
    let store = try await StoreSelection(options).create()
    await store.close()
    try StandardStream.write("made the store \(store.path)\n")
  }
}
