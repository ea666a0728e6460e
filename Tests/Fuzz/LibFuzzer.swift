#if FUZZING
  internal import CLibFuzzer
  internal import FuzzTargets

  /// libFuzzer, which makes one input after the other.
  ///
  /// It brings a `main` that would do the same, but the package manager lets a program start with its own.
  enum LibFuzzer {
    /// Runs it with the program's arguments and returns the exit status.
    static func run() -> Int32 {
      var count = CommandLine.argc
      var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
      return LLVMFuzzerRunDriver(&count, &arguments, checkOneInput)
    }
  }

  /// Ends the program when the input breaks a promise. libFuzzer's `main` is linked and looks for this by its name.
  @_cdecl("LLVMFuzzerTestOneInput")
  func checkOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
      try Fuzz.target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      fatalError("broken promise: \(error)")
    }
    return 0
  }
#endif
