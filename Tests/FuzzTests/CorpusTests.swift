import Foundation
import FuzzTargets
import Testing

/// Gives every file of the fuzzing corpus to its target once; what fuzzing has found is kept there.
@Suite("The fuzzing corpus")
struct CorpusTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fuzz/Corpus", directoryHint: .isDirectory).standardizedFileURL

  private static func folder(of target: FuzzTarget) -> URL {
    corpus.appending(path: target.rawValue, directoryHint: .isDirectory)
  }

  @Test("nothing that was promised is broken", arguments: FuzzTarget.allCases)
  func promises(target: FuzzTarget) throws {
    let inputs = try FuzzInput.inputs(at: Self.folder(of: target))
    #expect(!inputs.isEmpty)
    for input in inputs {
      do {
        try input.check(with: target)
      } catch {
        Issue.record("\(target.rawValue)/\(input): \(error)")
      }
    }
  }

  @Test("the empty input breaks nothing", arguments: FuzzTarget.allCases)
  func empty(target: FuzzTarget) throws {
    try target.check([])
  }

  @Test("every folder belongs to a target")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
    #expect(Set(folders) == Set(FuzzTarget.allCases.map(\.rawValue)))
  }
}
