internal import Glibc
internal import Yams

extension ConfigurationFile {
  /// Reads a file; nil when there is none.
  static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile? {
    guard let text = try contents(of: path) else { return nil }
    return try ConfigurationFile(path: path, text: text)
  }

  /// Understands a file's text: a mapping of names to values.
  ///
  /// - Throws: `ConfigurationError` that names every fault with its line.
  init(path: String, text: String) throws(ConfigurationError) {
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch let error as YamlError {
      throw ConfigurationError(Self.words(for: error, path: path, text: text))
    } catch {
      throw ConfigurationError("\(path): cannot be understood as YAML: \(error)")
    }
    guard let root, !Self.isBlank(root) else {
      self.init(path: path, values: [:])
      return
    }
    guard case .mapping(let mapping) = root else {
      throw ConfigurationError(
        "\(path):\(root.line): holds no settings; give one in each line, such as log-level: debug")
    }
    var values: [String: Value] = [:]
    var faults: [String] = []
    for (key, node) in mapping {
      let name = key.scalar?.string ?? ""
      guard let setting = SettingCatalogue.all.first(where: { $0.name == name }) else {
        faults.append("\(path):\(key.line): \(UnknownName(name).words)")
        continue
      }
      if let text = Self.text(of: node, isList: setting.isList) {
        values[name] = Value(text: text, line: node.line)
      } else {
        faults.append("\(path):\(node.line): \(name) needs one value\(setting.isList ? ", or a list of them" : "")")
      }
    }
    guard faults.isEmpty else { throw ConfigurationError(faults.joined(separator: "\n")) }
    self.init(path: path, values: values)
  }

  /// A value's text, with the members of a list separated by commas; nil for nothing and for anything nested.
  private static func text(of node: Node, isList: Bool) -> String? {
    switch node {
    case .scalar(let scalar): return scalar.string.isEmpty && scalar.style == .plain ? nil : scalar.string
    case .sequence(let sequence) where isList:
      let members = sequence.compactMap { $0.scalar?.string }
      return members.count == sequence.count ? members.joined(separator: ",") : nil
    case .sequence, .mapping, .alias: return nil
    }
  }

  /// Whether a document holds nothing but comments.
  private static func isBlank(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node else { return false }
    return scalar.string.isEmpty && scalar.style == .plain
  }

  private static func words(for error: YamlError, path: String, text: String) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "\(path):\(mark.line): cannot be understood as YAML: \(problem); give one setting in each line, such as "
        + "log-level: debug"
    case .duplicatedKeysInMapping(let duplicates, let context):
      return duplicates.sorted().map { name in
        "\(path):\(secondLine(of: name, in: text) ?? context.mark.line): given more than once: \(name)"
      }.joined(separator: "\n")
    default:
      return "\(path): cannot be understood as YAML"
    }
  }

  /// The line in which a name is given for the second time, which the parser does not tell; nil when it does not begin one.
  private static func secondLine(of name: String, in text: String) -> Int? {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    func isGiven(in line: Substring) -> Bool {
      let start = line.drop { " \t\"'".contains($0) }
      return start.hasPrefix(name) && start.dropFirst(name.count).drop { " \t\"'".contains($0) }.first == ":"
    }
    return lines.indices.filter { isGiven(in: lines[$0]) }.dropFirst().first.map { $0 + 1 }
  }

  /// A file's text; nil when there is no file.
  private static func contents(of path: String) throws(ConfigurationError) -> String? {
    func fault(_ reason: String) -> ConfigurationError {
      ConfigurationError("cannot read the configuration file \(path): \(reason)")
    }
    guard !path.utf8.contains(0) else { throw fault("its path holds a NUL") }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw fault(String(cString: strerror(errno)))
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw fault(String(cString: strerror(errno))) }
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
      guard bytes.count <= maximumLength else { throw fault("it has more than \(maximumLength) bytes") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("it is not text in UTF-8") }
    return text
  }
}

extension Node {
  /// The line it begins in, counted from 1.
  fileprivate var line: Int { mark?.line ?? 1 }
}
