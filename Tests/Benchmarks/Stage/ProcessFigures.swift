internal import Foundation

/// What a process has used so far, as the kernel tells it.
struct ProcessFigures: Sendable {
  /// Time on a core, of all threads that live.
  var processorSeconds = 0.0
  /// How often its threads went to sleep, which is how often they were woken.
  var wakeUps = 0.0
  /// Memory that is resident now, in bytes.
  var residentBytes = 0.0

  /// Looks at a process; a figure that cannot be read is 0.
  init(_ process: Int32) {
    let directory = "/proc/\(process)"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/task")) ?? []
    for thread in threads {
      // Nanoseconds on a core, nanoseconds of waiting for one, slices.
      let slices = Self.text(directory + "/task/\(thread)/schedstat").split(separator: " ")
      processorSeconds += (slices.first.flatMap { Double($0) } ?? 0) / 1e9
      wakeUps += Self.number("voluntary_ctxt_switches", in: Self.text(directory + "/task/\(thread)/status"))
    }
    residentBytes = Self.number("VmRSS", in: Self.text(directory + "/status")) * 1_024
  }

  private static func text(_ path: String) -> String {
    // These files tell no length beforehand.
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  private static func number(_ name: String, in text: String) -> Double {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
  }
}
