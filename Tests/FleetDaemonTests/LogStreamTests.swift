import Fleet
import FleetTestSupport
import Foundation
import Logging
import Testing

@testable import FleetDaemon

@Suite("A log that is read slowly, or by nobody", .timeLimit(.minutes(2)))
struct LogStreamTests {
  /// A pipe that takes little before somebody reads.
  private final class SmallPipe: Sendable {
    let input: Int32
    private let output: Int32

    init() throws {
      var ends: [Int32] = [-1, -1]
      try #require(pipe(&ends) == 0)
      (output, input) = (ends[0], ends[1])
      _ = fcntl(output, F_SETFL, O_NONBLOCK)
    }

    deinit {
      close(output)
      close(input)
    }

    /// Whether it takes nothing more.
    var isFull: Bool {
      var ready = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
      return poll(&ready, 1, 0) == 0
    }

    /// What can be read now.
    func read() -> String {
      var all: [UInt8] = []
      var bytes = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = Foundation.read(output, &bytes, bytes.count)
        guard count > 0 else { return String(decoding: all, as: UTF8.self) }
        all += bytes[..<count]
      }
    }

    /// Reads until a text has come.
    func read(until end: String) async -> String {
      var text = ""
      await FleetTestSupport.until {
        text += read()
        return text.contains(end)
      }
      return text
    }
  }

  @Test("nobody waits for the reader, lines stay whole, and the log says how many are missing, and where")
  func stalled() async throws {
    let pipe = try SmallPipe()
    let stream = LogStream(pipe.input) { Array("lost \($0)\n".utf8) }
    var written = 0
    var text = ""
    // Twice, for a reader that falls behind again.
    for _ in 0..<2 {
      // Lines of all lengths, some longer than a pipe takes at a time.
      for _ in 0..<300 {
        let filling = String(repeating: ".", count: written * 7_919 % 20_000)
        stream.write(Array("line \(written) \(filling)\n".utf8))
        written += 1
      }
      await until { pipe.isFull }
      stream.write(Array("last \(written)\n".utf8))
      // That one may be lost, too; what was is told all the same.
      written += 1
      var accounted: Int? = 0
      await until {
        text += pipe.read()
        accounted = linesAccounted(in: text)
        return accounted == nil || accounted == written
      }
      #expect(accounted == written)
    }
    #expect(text.contains("lost "))
  }

  /// How many lines a log accounts for, by showing them one after the other or by saying that they are lost; nil when it
  /// shows anything else.
  private func linesAccounted(in text: String) -> Int? {
    // What follows the last end of a line is not whole yet.
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().reduce(0) { lines, line in
      let words = line.split(separator: " ")
      guard let lines, words.count > 1, let number = Int(words[1]) else { return nil }
      if words[0] == "lost" { return lines + number }
      return number == lines ? lines + 1 : nil
    }
  }

  @Test("a reader that keeps up with bursts gets every line, from all threads")
  func bursts() async throws {
    let pipe = try SmallPipe()
    let stream = LogStream(pipe.input) { Array("lost \($0)\n".utf8) }
    async let text = pipe.read(until: "end\n")
    await withDiscardingTaskGroup { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<1_000 { stream.write(Array("\(writer) \(number)\n".utf8)) }
        }
      }
    }
    stream.write(Array("end\n".utf8))
    let lines = await text.split(separator: "\n").dropLast().map { $0.split(separator: " ").compactMap { Int($0) } }
    for writer in 0..<4 {
      #expect(lines.filter { $0.first == writer }.map { $0.last } == Array(0..<1_000))
    }
    #expect(lines.count == 4_000)
  }

  @Test("a flush returns when all is written, or after its limit")
  func flush() async throws {
    let pipe = try SmallPipe()
    let stream = LogStream(pipe.input) { _ in [] }
    stream.write(Array("one\n".utf8))
    await stream.flush(within: .seconds(3_600))
    #expect(pipe.read() == "one\n")
    stream.write(Array(repeating: UInt8(ascii: "."), count: LogStream.capacity - 4) + Array("end\n".utf8))
    await stream.flush(within: .milliseconds(10))
    #expect(pipe.isFull)
    #expect(await pipe.read(until: "end\n").utf8.count == LogStream.capacity)
  }

  @Test("the daemon's log tells what is lost in its own style", arguments: [LogFormat.text, .journal, .json])
  func notice(_ format: LogFormat) async throws {
    let pipe = try SmallPipe()
    let clock = TestClock(now: try #require(Timestamp(microseconds: 1_764_000_000_000_000)))
    let settings = LogSettings(.init(level: .info, style: LogStyle(format, environment: [:], file: pipe.input)))
    let stream = LogStream(pipe.input, settings, clock: clock)
    let logger = Logger(label: "test") { _ in StreamLogHandler(stream, settings, clock: clock) }
    // The first goes on its way and does not fit into the pipe; the others wait, and the last have no room.
    for _ in 0..<40 { logger.info("\(String(repeating: "x", count: 100_000))") }
    await until { pipe.isFull }
    var text = await pipe.read(until: "lost here")
    logger.info("over")
    text += await pipe.read(until: "over")
    let notice = text.split(separator: "\n").first { $0.contains("lost here") } ?? ""
    switch format {
    case .journal: #expect(notice.hasPrefix("<4>lines of the log") && notice.contains(" lines="))
    case .json: #expect(notice.hasPrefix("{") && notice.contains(#""level":"warning""#) && notice.hasSuffix("}"))
    case .auto, .text: #expect(notice.contains(" warning lines of the log") && notice.contains(" lines="))
    }
  }
}
