import Foundation
import Testing

/// Runs the golden files' lines through a real socket and compares the answers byte for byte.
@Suite("JSON-RPC by its own examples", .timeLimit(.minutes(1)))
struct GoldenTests {
  private static let health = #"{"jsonrpc":"2.0","id":"marker","method":"daemon.health"}"#
  private static let marker =
    #"{"jsonrpc":"2.0","id":"marker","result":{"status":"ok","version":"1.2.3","protocolVersion":1}}"#

  @Test("every line of the golden file is answered as it says")
  func examples() async throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../Golden/jsonrpc.txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    try await TestServer.with { server in
      let client = try await server.connect()
      for (index, line) in lines.enumerated() where line.hasPrefix("--> ") {
        let following = index + 1 < lines.count ? lines[index + 1] : ""
        let expected = following.hasPrefix("<-- ") ? String(following.dropFirst(4)) : nil
        try await client.send(line.dropFirst(4) + "\n" + (expected == nil ? Self.health + "\n" : ""))
        let answer = await client.line()
        #expect(answer == expected ?? Self.marker, "\(line)")
      }
      #expect(lines.contains { $0.hasPrefix("<-- ") })
    }
  }
}
