internal import Foundation

/// What a process has used so far, as the kernel tells it.
struct ProcessFigures: Sendable {
  /// Time on a core, of all its threads, those that have ended included.
  var processorSeconds = 0.0
  /// How often each of its threads went to sleep, which is how often it was woken.
  private var sleeps: [String: Double] = [:]
  /// Memory that is resident now, in bytes.
  var residentBytes = 0.0

  /// Looks at a process; a figure that cannot be read is 0.
  init(_ process: Int32) {
    var clock = clockid_t()
    var time = timespec()
    if clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 {
      processorSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let directory = "/proc/\(process)"
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: directory + "/task")) ?? [] {
      let status = Self.text(directory + "/task/\(thread)/status")
      sleeps[thread] = Self.number("voluntary_ctxt_switches", in: status)
    }
    residentBytes = Self.number("VmRSS", in: Self.text(directory + "/status")) * 1_024
  }

  /// How often its threads were woken since an earlier look; threads that have ended since do not count.
  func wakeUps(since earlier: ProcessFigures) -> Double {
    sleeps.reduce(0) { $0 + $1.value - (earlier.sleeps[$1.key] ?? 0) }
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
