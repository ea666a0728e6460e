/// Pieces of a manual page in mdoc(7).
public enum Mdoc {
  /// Text that is nothing but text.
  public static func text(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&" + $0 : String($0) }
      .joined(separator: "\n")
  }

  /// Paragraphs, which empty lines separate.
  public static func paragraphs(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? ".Pp" : Self.text(String($0)) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A list of things and what is to be said of them.
  public static func list(_ items: [(head: String, body: String)]) -> String {
    guard !items.isEmpty else { return "" }
    return ".Bl -tag -width Ds\n" + items.map { ".It \($0.head)\n\($0.body)" }.joined() + ".El\n"
  }

  /// The subcommands of a program, each with its own arguments.
  ///
  /// - Parameter leavingOut: long names of options that are described elsewhere.
  public static func commands(_ dump: HelpDump, leavingOut known: Set<String> = []) -> String {
    sections(dump.command.subcommands ?? [], of: dump.command.commandName, leavingOut: known)
  }

  private static func sections(
    _ commands: [HelpDump.Command], of parent: String, leavingOut known: Set<String>
  ) -> String {
    commands.filter { ($0.shouldDisplay ?? true) && $0.commandName != "help" }.map { command in
      let name = "\(parent) \(command.commandName)"
      let below = command.subcommands?.filter { $0.commandName != "help" } ?? []
      let arguments = (command.arguments ?? []).filter { argument in
        argument.shouldDisplay && argument.longName.map { !known.contains($0) } ?? true
      }
      let positional = arguments.filter { $0.kind == "positional" }.map { " " + synopsis($0) }.joined()
      guard below.isEmpty else { return sections(below, of: name, leavingOut: known) }
      return ".Ss \(text(name))\(positional)\n" + (command.abstract.map { paragraphs($0) } ?? "")
        + (command.discussion.map { ".Pp\n" + paragraphs($0) } ?? "")
        + list(arguments.map { (head($0), body($0)) })
    }.joined()
  }

  private static func synopsis(_ argument: HelpDump.Argument) -> String {
    let name = text((argument.valueName ?? "value").uppercased()) + (argument.isRepeating ? " ..." : "")
    return argument.isOptional ? "[\(name)]" : name
  }

  private static func head(_ argument: HelpDump.Argument) -> String {
    let names = (argument.names ?? []).map { name in
      name.kind == "short" ? "Fl \(name.name)" : "Fl \\-\(text(name.name))"
    }
    let value = "Ar \(text(argument.valueName ?? "value"))"
    switch argument.kind {
    case "positional": return "Ar \(text((argument.valueName ?? "value").uppercased()))"
    case "flag": return names.joined(separator: " , ")
    default: return names.joined(separator: " , ") + " \(value)"
    }
  }

  private static func body(_ argument: HelpDump.Argument) -> String {
    (argument.abstract.map { paragraphs($0) } ?? "") + (argument.discussion.map { ".Pp\n" + paragraphs($0) } ?? "")
  }
}
