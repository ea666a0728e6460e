import Glibc

/// A directory with a short path that goes away with the value.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/fleet-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoDirectory() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  struct NoDirectory: Error {}

  /// A path in it.
  func file(_ name: String) -> String { path + "/" + name }

  deinit {
    // Two levels are all that the tests make.
    for name in Self.names(in: path) {
      for inner in Self.names(in: file(name)) { remove(file(name) + "/" + inner) }
      remove(file(name))
    }
    rmdir(path)
  }

  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
