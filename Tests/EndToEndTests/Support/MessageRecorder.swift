import Foundation
import NIOConcurrencyHelpers

/// Keeps what went over the wire in these tests, for whoever compares it with the contract afterwards.
///
/// It writes JSON lines to the folder that `CODEX_FLEET_MESSAGES` names, and nothing without one. API keys are left out.
enum MessageRecorder {
  private static let file: NIOLockedValueBox<FileHandle>? = {
    guard let folder = ProcessInfo.processInfo.environment["CODEX_FLEET_MESSAGES"], !folder.isEmpty else { return nil }
    let path = folder + "/\(getpid()).jsonl"
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { return nil }
    return NIOLockedValueBox(handle)
  }()

  /// The methods of one connection's calls, by their ids, so that results can be told apart.
  final class Conversation: Sendable {
    private let methods = NIOLockedValueBox<[String: String]>([:])

    /// Takes note of lines that a client sent; those that the contract does not allow are not kept.
    func sent(_ text: String, isWellFormed: Bool) {
      guard MessageRecorder.file != nil else { return }
      for line in text.split(separator: "\n") {
        guard var message = MessageRecorder.object(line) else { continue }
        if let method = message["method"] as? String {
          if let id = message["id"] { methods.withLockedValue { $0["\(id)"] = method } }
          if var params = message["params"] as? [String: Any], params["token"] != nil {
            params["token"] = "left-out"
            message["params"] = params
          }
          if isWellFormed { MessageRecorder.record("client", method, message) }
        }
      }
    }

    /// Takes note of a line that the daemon sent.
    func received(_ line: String) {
      guard MessageRecorder.file != nil, let message = MessageRecorder.object(Substring(line)) else { return }
      let method = message["id"].flatMap { id in methods.withLockedValue { $0["\(id)"] } }
      MessageRecorder.record("server", message["method"] as? String ?? method, message)
    }
  }

  private static func object(_ line: Substring) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
  }

  private static func record(_ direction: String, _ method: String?, _ message: [String: Any]) {
    guard let data = try? JSONSerialization.data(withJSONObject: message) else { return }
    let entry: [String: Any] = [
      "direction": direction, "method": method ?? NSNull(), "message": String(decoding: data, as: UTF8.self),
    ]
    guard let line = try? JSONSerialization.data(withJSONObject: entry) else { return }
    file?.withLockedValue { $0.write(line + Data("\n".utf8)) }
  }
}
