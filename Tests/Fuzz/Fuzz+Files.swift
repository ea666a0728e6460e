#if !FUZZING
  internal import Foundation
  internal import FuzzTargets

  extension Fuzz {
    /// Checks each file once, and returns the exit status.
    static func checkFiles(_ paths: some Sequence<String>) -> Int32 {
      var count = 0
      var failures = 0
      do {
        for input in try paths.flatMap({ try FuzzInput.inputs(at: URL(filePath: $0)) }) {
          count += 1
          do {
            try input.check(with: target)
          } catch let broken as BrokenPromise {
            failures += 1
            print("\(input.file.path): broken promise: \(broken)")
          }
        }
      } catch {
        print("cannot read the inputs: \(error)")
        return 2
      }
      print("\(target.rawValue): \(count) inputs, \(failures) failures")
      return failures == 0 ? 0 : 1
    }
  }
#endif
