import Testing

@testable import FleetCommand

@Suite("Metrics")
struct PrometheusTextTests {
  @Test("have help, type and a line for each sample")
  func lines() {
    var metrics = PrometheusText()
    metrics.gauge("a_total", "Of all.", [.init(1, ("x", "1"), ("y", "2")), .init(0.25)])
    metrics.gauge("b", "Nothing.", [])
    #expect(
      metrics.text == """
        # HELP a_total Of all.
        # TYPE a_total gauge
        a_total{x="1",y="2"} 1
        a_total 0.25

        """)
  }

  @Test(
    "escape what would end a label",
    arguments: [
      (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("a\r\nb", "a\r\\nb"), ("\"\u{301}", "\\\"\u{301}"),
      ("é山", "é山"),
    ])
  func escaping(value: String, escaped: String) {
    var metrics = PrometheusText()
    metrics.gauge("a", "b", [.init(1, ("x", value))])
    #expect(metrics.text.hasSuffix("\na{x=\"\(escaped)\"} 1\n"))
  }

  @Test("print whole numbers without a fraction", arguments: [(1_795_521_600, "1795521600"), (0.5, "0.5"), (0, "0")])
  func numbers(value: Double, text: String) {
    var metrics = PrometheusText()
    metrics.gauge("a", "b", [.init(value)])
    #expect(metrics.text.hasSuffix("\na \(text)\n"))
  }
}
