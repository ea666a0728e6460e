internal import Fleet
internal import Glibc

/// Small files, read and made whole.
enum FileContents {
  /// The bytes of an ordinary file, nil when it is something else or longer than `limit`.
  static func read(_ path: String, atMost limit: Int) throws(StoreError) -> [UInt8]? {
    // Opening a pipe must not wait for somebody to write into it.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw StoreError(errno: errno, doing: "read", path) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw StoreError(errno: errno, doing: "read", path) }
    guard FileStatus(information).isRegular else { return nil }
    return try rest(of: descriptor, named: path, atMost: limit)
  }

  /// What comes on standard input until its end, nil when it is longer than `limit`.
  static func standardInput(atMost limit: Int) throws(StoreError) -> [UInt8]? {
    try rest(of: STDIN_FILENO, named: "standard input", atMost: limit)
  }

  private static func rest(
    of descriptor: Int32, named path: String, atMost limit: Int
  ) throws(StoreError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: length), buffer.count - length)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError(errno: errno, doing: "read", path)
      }
      if count == 0 { break }
      length += count
    }
    return length > limit ? nil : Array(bytes[..<length])
  }

  /// The first bytes of a file, fewer when it is shorter.
  static func prefix(_ path: String, length: Int) throws(StoreError) -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw StoreError(errno: errno, doing: "read", path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: length)
    let count = Glibc.read(descriptor, &bytes, length)
    guard count >= 0 else { throw StoreError(errno: errno, doing: "read", path) }
    return Array(bytes[..<count])
  }

  /// Makes a file that does not exist yet, readable and writable by its owner alone, and has it and its name on disk
  /// before returning. A file that could not be written whole is removed again.
  static func create(_ path: String, containing bytes: [UInt8]) throws(StoreError) {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError(errno: errno, doing: "create", path) }
    defer { close(descriptor) }
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress?.advanced(by: length), buffer.count - length)
      }
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        unlink(path)
        throw StoreError(errno: code, doing: "write", path)
      }
      length += count
    }
    guard fsync(descriptor) == 0 else {
      let code = errno
      unlink(path)
      throw StoreError(errno: code, doing: "write", path)
    }
    try synchronizeDirectory(of: path)
  }

  /// Gives a file another name, replacing what had it, and has the name on disk before returning.
  static func move(_ path: String, to newPath: String) throws(StoreError) {
    guard rename(path, newPath) == 0 else { throw StoreError(errno: errno, doing: "rename", path) }
    try synchronizeDirectory(of: newPath)
  }

  /// Removes a file if it is there.
  static func remove(_ path: String) throws(StoreError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw StoreError(errno: errno, doing: "remove", path) }
  }

  /// Makes a directory and those above it, each readable by its owner alone, as far as they are missing.
  static func createDirectory(_ path: String) throws(StoreError) {
    if let status = try FileStatus(path: path) {
      guard status.isDirectory else {
        throw StoreError(.missing, "\(path) is not a directory. Move it away, or choose another place for the store.")
      }
      return
    }
    let parent = directory(of: path)
    if parent != path { try createDirectory(parent) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw StoreError(errno: errno, doing: "create", path)
    }
  }

  /// The directory a path lies in.
  static func directory(of path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A name beside a path, in the same directory.
  static func sibling(of path: String, named name: String) -> String {
    let directory = directory(of: path)
    return directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  private static func synchronizeDirectory(of path: String) throws(StoreError) {
    let directory = directory(of: path)
    let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(errno: errno, doing: "open", directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StoreError(errno: errno, doing: "write", directory) }
  }
}
