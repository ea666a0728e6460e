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
        for call in MessageRecorder.entries(of: line) {
          if let method = call["method"] as? String, let id = call["id"] {
            methods.withLockedValue { $0["\(id)"] = method }
          }
        }
        if isWellFormed { MessageRecorder.record("client", methods(in: line, by: "method") { $0 as? String }, line) }
      }
    }

    /// Takes note of a line that the daemon sent.
    func received(_ line: String) {
      guard MessageRecorder.file != nil, !line.isEmpty else { return }
      let methods = methods(in: Substring(line), by: "id") { id in
        self.methods.withLockedValue { $0["\(id)"] }
      }
      MessageRecorder.record("server", methods, Substring(line))
    }

    /// The method of each entry, found by one of its members; a notification has its own.
    private func methods(in line: Substring, by member: String, _ find: (Any) -> String?) -> Any {
      let entries = MessageRecorder.entries(of: line).map { entry -> Any in
        entry["method"] as? String ?? entry[member].flatMap(find) ?? NSNull()
      }
      return line.hasPrefix("[") ? entries : entries.first ?? NSNull()
    }
  }

  /// The messages in a line: one, or those of a batch.
  private static func entries(of line: Substring) -> [[String: Any]] {
    let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
    return (value as? [Any] ?? [value as Any]).map { $0 as? [String: Any] ?? [:] }
  }

  private static func record(_ direction: String, _ methods: Any, _ line: Substring) {
    // The daemon's own lines hold no keys, but examples of how to give one.
    let message = direction == "client" ? line.replacing(/"token":"[^"]*"/, with: #""token":"left-out""#) : line
    let entry: [String: Any] = ["direction": direction, "method": methods, "message": String(message)]
    guard let data = try? JSONSerialization.data(withJSONObject: entry) else { return }
    file?.withLockedValue { $0.write(data + Data("\n".utf8)) }
  }
}
