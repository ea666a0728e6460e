import Foundation
import StoreBuilder

/// A small file system in memory that a test may fill.
struct SmallDisk {
  struct Unavailable: Error {
    let number: Int32
  }

  /// Whether this process may mount one.
  static let isPossible: Bool = {
    guard geteuid() == 0, let disk = try? SmallDisk(kilobytes: 64) else { return false }
    disk.unmount()
    return true
  }()

  /// Where it is mounted.
  let path: String
  private let directory: TemporaryDirectory

  /// Mounts one of that size.
  init(kilobytes: Int) throws {
    directory = try TemporaryDirectory()
    path = directory.file("disk")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k,mode=0700") == 0 else {
      throw Unavailable(number: errno)
    }
  }

  /// Copies a store's files to where it is mounted.
  func take(_ store: TemporaryDirectory) throws {
    for name in try store.contents().keys {
      try FileManager.default.copyItem(atPath: store.file(name), toPath: path + "/" + name)
    }
  }

  /// Gives it another size.
  func resize(kilobytes: Int) throws {
    guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(kilobytes)k") == 0 else {
      throw Unavailable(number: errno)
    }
  }

  /// Takes all the space that is left.
  func fill() throws {
    let descriptor = open(filler, O_WRONLY | O_CREAT, 0o600)
    guard descriptor >= 0 else { throw Unavailable(number: errno) }
    defer { close(descriptor) }
    let block = [UInt8](repeating: 0, count: 4_096)
    while write(descriptor, block, block.count) > 0 {}
  }

  /// Gives it back.
  func free() { unlink(filler) }

  /// Makes it one that may only be read, or one that may be written again.
  ///
  /// The kernel refuses the former while anybody has a file there open for writing.
  func setReadOnly(_ isReadOnly: Bool) throws {
    let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
    guard mount("tmpfs", path, "tmpfs", flags, nil) == 0 else { throw Unavailable(number: errno) }
  }

  /// Takes the file system away.
  func unmount() { umount2(path, Int32(MNT_DETACH)) }

  private var filler: String { path + "/filler" }
}
