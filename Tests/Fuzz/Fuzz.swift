internal import Foundation
internal import FuzzTargets

/// Gives inputs to the target that `FLEET_FUZZ_TARGET` names.
///
/// Built with `-D FUZZING` and libFuzzer, it takes libFuzzer's arguments and makes inputs without end; else its
/// arguments are files with inputs, or folders of such, each of which is checked once.
@main
struct Fuzz {
  static func main() {
    #if FUZZING
      exit(LibFuzzer.run())
    #else
      exit(checkFiles(CommandLine.arguments.dropFirst()))
    #endif
  }

  /// The target; ends the program where there is none of that name.
  static let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FLEET_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      print("FLEET_FUZZ_TARGET must be one of: \(names)")
      exit(2)
    }
    return target
  }()
}
