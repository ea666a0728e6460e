import Fleet
import Logging
import Testing

@testable import FleetDaemon

@Suite("Log lines")
struct LogLineTests {
  private func line(_ level: Logger.Level, _ message: String = "refresh ended") throws -> LogLine {
    LogLine(
      time: try #require(Timestamp(microseconds: 1_764_000_000_000_000)), level: level, message: message,
      fields: [.init(name: "accounts", text: "3"), .init(name: "note", text: "a\u{1B}[31m\nb")])
  }

  private func text(_ line: LogLine, _ style: LogStyle) -> String {
    String(decoding: line.rendered(as: style), as: UTF8.self)
  }

  @Test("each style tells the same, and none lets what is logged forge a line or steer a terminal")
  func styles() throws {
    let details = #"accounts=3 note=a\u{1B}[31m\nb"#
    #expect(text(try line(.info), .text(usesColor: false)) == "2025-11-24T16:00:00Z info refresh ended \(details)")
    #expect(
      text(try line(.warning), .text(usesColor: true))
        == "2025-11-24T16:00:00Z \u{1B}[33mwarning\u{1B}[0m refresh ended \(details)")
    #expect(text(try line(.warning), .journal) == "<4>refresh ended \(details)")
    #expect(
      text(try line(.error, "one\ntwo"), .json)
        == #"{"time":"2025-11-24T16:00:00Z","level":"error","message":"one\ntwo","accounts":"3","note":"a\u001b[31m\nb"}"#
    )
  }

  @Test("the journal's priorities are those of syslog")
  func priorities() throws {
    let priorities = try Logger.Level.allCases.map { text(try line($0), .journal).prefix(3) }
    #expect(priorities == ["<7>", "<7>", "<6>", "<5>", "<4>", "<3>", "<2>"])
  }

  @Test("the format is chosen by who reads standard error, unless it is set")
  func choice() {
    #expect(LogStyle(.auto, environment: [:], file: -1) == .text(usesColor: false))
    #expect(LogStyle(.auto, environment: ["JOURNAL_STREAM": "1:2"], file: 0) == .text(usesColor: false))
    #expect(LogStyle(.json, environment: [:], file: -1) == .json)
    #expect(LogStyle(.journal, environment: [:], file: -1) == .journal)
  }
}
