public import Foundation

/// A file that holds one input.
public struct FuzzInput: Sendable, CustomStringConvertible {
  /// The file.
  public let file: URL

  /// The file's name.
  public var description: String { file.lastPathComponent }

  /// The input in a file, or those in the files of a folder in the order of their names.
  public static func inputs(at place: URL) throws -> [FuzzInput] {
    guard try place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true else {
      return [FuzzInput(file: place)]
    }
    return try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map(FuzzInput.init)
  }

  /// Gives the file's bytes to a target.
  public func check(with target: FuzzTarget) throws {
    try target.check(Array(Data(contentsOf: file)))
  }
}
