internal import FleetSocket
internal import Glibc

/// The client's configuration file: where the daemon's socket is, and where the API key.
///
/// It is read only where nothing that goes before it says so.
struct ClientFile: Sendable, Equatable {
  /// The settings a file may have.
  enum Setting: String, CaseIterable, Sendable {
    case socket
    case tokenFile = "token-file"
    case token
  }

  /// How many bytes a file may have.
  static let maximumLength = 65_536

  let path: String
  /// What it says of each setting.
  private(set) var values: [Setting: String] = [:]
  /// Whether every user of the machine can read it, and not only its owner and its group.
  private(set) var isOpenToOthers = false

  /// The user's own file; nil when there is none.
  ///
  /// - Throws: `CommandFailure` that names the line when it cannot be understood.
  static func find(_ environment: [String: String]) throws(CommandFailure) -> ClientFile? {
    guard let path = path(environment), !path.utf8.contains(0) else { return nil }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      var status = stat()
      // What lies in another user's home is not meant for this one.
      if errno == ENOENT || errno == ENOTDIR || (errno == EACCES && stat(path, &status) != 0) { return nil }
      throw CommandFailure(.usage, "cannot read \(PrintableText.of(path)): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    switch FileContents.read(file, limit: maximumLength) {
    case .whole(let bytes):
      var found = try ClientFile(path: path, lines: FlatYAML.lines(of: bytes, path: path), environment)
      var status = stat()
      found.isOpenToOthers = fstat(file, &status) != 0 || status.st_mode & S_IROTH != 0
      return found
    case .tooLong:
      throw CommandFailure(.usage, "\(PrintableText.of(path)) has more than \(maximumLength) bytes")
    case .failed(let reason):
      throw CommandFailure(.usage, "cannot read \(PrintableText.of(path)): \(reason)")
    }
  }

  /// Where the file is: in `$XDG_CONFIG_HOME`, else in `~/.config`; nil where there is no home.
  static func path(_ environment: [String: String]) -> String? {
    if let directory = environment["XDG_CONFIG_HOME"], directory.hasPrefix("/") {
      return directory + "/codex-fleet/client.yaml"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.config/codex-fleet/client.yaml"
  }

  private init(
    path: String, lines: [FlatYAML.Line], _ environment: [String: String]
  ) throws(CommandFailure) {
    self.path = path
    for line in lines {
      let place = "\(PrintableText.of(path)):\(line.number)"
      guard let setting = Setting(rawValue: line.name) else {
        let names = Setting.allCases.map(\.rawValue)
        let guess = Spelling.nearest(to: line.name, among: names).map { "did you mean \($0)? " } ?? ""
        throw CommandFailure(
          .usage, "\(place): there is no setting \(line.name); \(guess)there are \(names.joined(separator: ", "))")
      }
      guard values[setting] == nil else {
        throw CommandFailure(.usage, "\(place): \(setting.rawValue) is given a second time")
      }
      values[setting] = setting == .token ? line.value : try Self.file(line.value, at: place, environment)
    }
  }

  /// The path that a value names, from the root or from the home directory.
  private static func file(
    _ value: String, at place: String, _ environment: [String: String]
  ) throws(CommandFailure) -> String {
    if value.hasPrefix("/") { return value }
    guard value.hasPrefix("~/"), let home = environment["HOME"], home.hasPrefix("/") else {
      throw CommandFailure(.usage, "\(place): a path has to begin with / or ~/")
    }
    return home + value.dropFirst()
  }
}
