/// The canonical key of an additional limit, under which its rows are found whatever the provider calls it today.
enum QuotaKey {
  /// Other names of one limit, in canonical spelling.
  private static let aliases: [String: String] = [
    "codex_other": "codex_spark",
    "gpt_5_3_codex_spark": "codex_spark",
    "codex_bengalfox": "codex_spark",
  ]

  /// The key for a reported name and feature, nil when both come to nothing.
  ///
  /// An alias of either decides; without one the name does, else the feature.
  static func canonical(limitName: String?, meteredFeature: String?) -> String? {
    let candidates = [limitName, meteredFeature].compactMap { $0.flatMap(normalized) }
    return candidates.compactMap { aliases[$0] }.first ?? candidates.first
  }

  /// The text in lower case, runs of anything but a–z and 0–9 turned into one `_`, none at the ends; nil when empty.
  private static func normalized(_ text: String) -> String? {
    var key = ""
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": key.unicodeScalars.append(scalar)
      default: if !key.isEmpty, !key.hasSuffix("_") { key += "_" }
      }
    }
    if key.hasSuffix("_") { key.removeLast() }
    return key.isEmpty ? nil : key
  }
}
