import Fleet
import Testing

@testable import FleetUpstream

@Suite("retry policy")
struct RetryPolicyTests {
  /// One line of the table: what failed, at which attempt, when, and the longest and the shortest pause, or none.
  struct Line: CustomTestStringConvertible, Sendable {
    var failure: UpstreamFailure
    var attempt = 1
    var elapsed = Duration.zero
    var pauses: ClosedRange<Duration>?

    var testDescription: String { "\(failure.kind), attempt \(attempt), after \(elapsed)" }
  }

  static let lines: [Line] = [
    Line(failure: UpstreamFailure(.status(500)), pauses: .milliseconds(250) ... .milliseconds(500)),
    Line(failure: UpstreamFailure(.status(500)), attempt: 2, pauses: .milliseconds(500) ... .seconds(1)),
    Line(failure: UpstreamFailure(.status(500)), attempt: 3, pauses: nil),
    Line(failure: UpstreamFailure(.unreachable), pauses: .milliseconds(250) ... .milliseconds(500)),
    Line(failure: UpstreamFailure(.timedOut), pauses: nil),
    Line(failure: UpstreamFailure(.invalidPayload), pauses: nil),
    Line(failure: UpstreamFailure(.status(403)), pauses: nil),
    Line(failure: UpstreamFailure(.status(403), retryAfter: .seconds(1)), pauses: nil),
    Line(failure: UpstreamFailure(.status(429), retryAfter: .zero), pauses: .zero ... .zero),
    Line(failure: UpstreamFailure(.status(429), retryAfter: .seconds(9)), pauses: .seconds(9) ... .seconds(9)),
    Line(failure: UpstreamFailure(.status(429), retryAfter: .seconds(10)), pauses: nil),
    Line(failure: UpstreamFailure(.status(429), retryAfter: .seconds(5)), elapsed: .seconds(5), pauses: nil),
    Line(failure: UpstreamFailure(.status(429), retryAfter: .seconds(31_622_400)), pauses: nil),
    Line(failure: UpstreamFailure(.status(503)), elapsed: .milliseconds(9_800), pauses: nil),
  ]

  @Test("pauses double, stay within the limit and heed the server", arguments: lines)
  func pause(_ line: Line) {
    let policy = RetryPolicy(timeLimit: .seconds(10))
    func pause(_ jitter: Double) -> Duration? {
      policy.pause(after: line.failure, attempt: line.attempt, elapsed: line.elapsed, jitter: jitter)
    }
    #expect(pause(0) == line.pauses?.upperBound)
    if line.pauses != nil { #expect(pause(1) == line.pauses?.lowerBound) }
  }

  @Test(
    "the header's forms are read",
    arguments: [
      ("0", .zero), ("120", .seconds(120)), ("99999999999", .seconds(31_622_400)),
      ("Sun, 06 Nov 1994 08:49:37 GMT", .zero), ("Sun, 06 Nov 1994 08:50:37 GMT", .seconds(60)),
      ("Sat, 05 Nov 1994 08:49:37 GMT", .zero), ("Mon, 06 Nov 2094 08:49:37 GMT", .seconds(31_622_400)),
      ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("Sun, 31 Feb 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("999999999999999999999999", nil), ("Sun, 06 Nov 1994 25:49:37 GMT", nil),
    ] as [(String, Duration?)])
  func retryAfter(_ text: String, _ expected: Duration?) throws {
    let now = try #require(Timestamp(rfc3339: "1994-11-06T08:49:37Z"))
    #expect(RetryAfter.duration(text, now: now) == expected)
  }
}
