import Testing

@testable import Fleet

@Suite("Quota keys")
struct QuotaKeyTests {
  @Test(
    "names become keys of small letters, digits and single underscores",
    arguments: [
      ("GPT-5.3 Pro", "gpt_5_3_pro"), ("  spaced  out  ", "spaced_out"), ("__a__b__", "a_b"), ("a", "a"),
      ("Ünïcode", "n_code"), ("O3--Mini!!", "o3_mini"), ("a\u{0}b", "a_b"), ("7", "7"),
    ])
  func normalisation(name: String, key: String) {
    #expect(QuotaKey.canonical(limitName: name, meteredFeature: nil) == key)
    #expect(QuotaKey.canonical(limitName: nil, meteredFeature: name) == key)
  }

  @Test(
    "aliases of one limit share its key",
    arguments: [
      ("codex_other", nil), ("Codex Other", nil), ("gpt-5.3-codex-spark", nil), ("GPT-5.3-Codex-Spark", "anything"),
      (nil, "codex_bengalfox"), ("Some new name", "codex_bengalfox"), ("codex_spark", nil),
    ] as [(String?, String?)])
  func aliases(name: String?, feature: String?) {
    #expect(QuotaKey.canonical(limitName: name, meteredFeature: feature) == "codex_spark")
  }

  @Test("without an alias the name decides, else the feature")
  func precedence() {
    #expect(QuotaKey.canonical(limitName: "Name", meteredFeature: "Feature") == "name")
    #expect(QuotaKey.canonical(limitName: "--", meteredFeature: "Feature") == "feature")
  }

  @Test(
    "an entry whose names come to nothing has no key",
    arguments: [nil, "", "  ", "__", "¡ñ!".filter { $0 != "ñ" }] as [String?])
  func nothing(text: String?) {
    #expect(QuotaKey.canonical(limitName: text, meteredFeature: text) == nil)
  }
}
