import ArgumentParser
import JSON
import ManualPages
import RPCSchema
import Testing

@testable import FleetDaemon

@Suite("The manual pages")
struct ManualTests {
  @Test("codex-fleetd(8) has the daemon's own settings")
  func settings() throws {
    let items = SettingCatalogue.all.map { setting in
      (
        head: "Fl \\-\(Mdoc.text(setting.name)) Ar \(setting.placeholder.replacing("|", with: " | Ar "))",
        body: Mdoc.paragraphs(
          setting.summary + (setting.isReloadable ? " SIGHUP takes it up." : "") + "\nAllowed: \(setting.values).\n"
            + "Default: \(setting.standardWords).")
      )
    }
    try Document("contrib/man/codex-fleetd.8").expect(
      Mdoc.list(items), between: #".\" settings: written by the tests"#, and: #".\" end of settings"#)
  }

  @Test("codex-fleetd(8) has the daemon's own commands")
  func commands() throws {
    let dump = try HelpDump(DaemonCommand._dumpHelp())
    let known = Set(SettingCatalogue.all.map(\.name)).union(["help", "version", "config"])
    try Document("contrib/man/codex-fleetd.8").expect(
      Mdoc.commands(dump, leavingOut: known), between: #".\" commands: written by the tests"#,
      and: #".\" end of commands"#)
  }

  @Test("codex-fleet-protocol(7) has the contract's own methods and errors")
  func contract() throws {
    let document = try JSONReader.parse(RPCSchema.document)
    let methods = document["methods"]?.arrayValue ?? []
    #expect(methods.count > 5)
    try Document("contrib/man/codex-fleet-protocol.7").expect(
      methods.map { section(of: $0, in: document) }.joined(), between: #".\" methods: written by the tests"#,
      and: #".\" end of methods"#)
    let errors = document["components"]?["errors"]?.objectValue ?? [:]
    #expect(errors.count > 5)
    let items = errors.values.compactMap { error -> (head: String, body: String)? in
      guard let code = error["code"]?.integerValue, let word = error["data"]?["code"]?.stringValue else { return nil }
      return ("Sy \(word) Pq \(code)", Mdoc.paragraphs(error["message"]?.stringValue ?? ""))
    }
    try Document("contrib/man/codex-fleet-protocol.7").expect(
      Mdoc.list(items), between: #".\" errors: written by the tests"#, and: #".\" end of errors"#)
  }

  private func section(of method: JSONValue, in document: JSONValue) -> String {
    let params = (method["params"]?.arrayValue ?? []).map { param in
      let param = resolved(param, in: document)
      return (
        head: "Fa \(param["name"]?.stringValue ?? "")" + (param["required"] == true ? "" : " Pq optional"),
        body: Mdoc.paragraphs(
          [param["summary"], param["description"]].compactMap { $0?.stringValue }.joined(separator: "\n"))
      )
    }
    return ".Ss \(method["name"]?.stringValue ?? "")\n" + Mdoc.paragraphs(method["description"]?.stringValue ?? "")
      + Mdoc.list(params)
  }

  /// What a reference within the document points at, or the value itself.
  private func resolved(_ value: JSONValue, in document: JSONValue) -> JSONValue {
    guard let path = value["$ref"]?.stringValue else { return value }
    return path.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] } ?? value
  }
}
