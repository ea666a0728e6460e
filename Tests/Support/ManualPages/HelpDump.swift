internal import Foundation

/// What a command line says of itself, as swift-argument-parser dumps it.
public struct HelpDump: Decodable, Sendable {
  /// The program.
  public let command: Command

  /// Reads a dump.
  public init(_ json: String) throws { self = try JSONDecoder().decode(HelpDump.self, from: Data(json.utf8)) }

  /// A command and what lies beneath it.
  public struct Command: Decodable, Sendable {
    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [Command]?
    let shouldDisplay: Bool?
  }

  /// A flag, an option or a positional argument.
  public struct Argument: Decodable, Sendable {
    struct Name: Decodable, Sendable {
      let kind: String
      let name: String
    }

    let kind: String
    let names: [Name]?
    let abstract: String?
    let discussion: String?
    let valueName: String?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool

    /// The long name; nil for positional ones.
    var longName: String? { names?.first { $0.kind == "long" || $0.kind == "longWithSingleDash" }?.name }
  }
}
