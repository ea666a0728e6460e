import Foundation

/// One answer line, taken apart by a JSON reader that is not ours.
struct Answer {
  let object: [String: Any]

  init(_ line: String) throws {
    object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
  }

  var result: [String: Any] { object["result"] as? [String: Any] ?? [:] }
  var accounts: [[String: Any]] { result["accounts"] as? [[String: Any]] ?? [] }
  var error: [String: Any] { object["error"] as? [String: Any] ?? [:] }
  var errorData: [String: Any] { error["data"] as? [String: Any] ?? [:] }
  var errorCode: String? { errorData["code"] as? String }
  var outcomes: [[String: Any]] {
    result["outcomes"] as? [[String: Any]] ?? errorData["outcomes"] as? [[String: Any]] ?? []
  }

  /// How many accounts had each outcome.
  var tally: [String: Int] {
    outcomes.reduce(into: [:]) { $0[$1["outcome"] as? String ?? "?", default: 0] += 1 }
  }
}
