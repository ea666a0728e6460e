import Fleet
import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import FleetUpstream

@Suite("TLS", .timeLimit(.minutes(1)))
struct TransportSecurityTests {
  private static let openSSL = "/usr/bin/openssl"

  @Test(
    "a server with a certificate that nobody vouches for gets no request",
    .enabled(if: FileManager.default.isExecutableFile(atPath: openSSL), "needs the openssl command"))
  func selfSigned() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let key = directory.appendingPathComponent("key.pem").path
    let certificate = directory.appendingPathComponent("certificate.pem").path
    _ = try await run(
      .path(FilePath(Self.openSSL)),
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
        certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
      ], output: .discarded)
    _ = try await run(
      .path(FilePath(Self.openSSL)),
      arguments: ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"],
      input: .none, output: .sequence, error: .combinedWithOutput
    ) { server in
      defer { try? server.send(signal: .kill) }
      var lines = server.standardOutput.strings().makeAsyncIterator()
      var port: Int?
      while port == nil, let line = try await lines.next() {
        if line.hasPrefix("ACCEPT ") { port = line.split(separator: ":").last.flatMap { Int($0) } }
      }
      let driver = try CurlDriver()
      let endpoint = try UsageEndpoint(
        baseURL: "https://127.0.0.1:\(try #require(port))", driver: driver, userAgent: "tests", clock: SkippingClock())
      let request = UsageRequest(accessToken: Secret("token"), chatGPTAccountID: nil, route: .direct)
      #expect(await endpoint.usage(for: request) == .failure(UpstreamFailure(.unreachable)))
      await driver.shutdown()
      // That it was reached, and left because of its certificate; without this line the test ends at its time limit.
      while let line = try await lines.next(), !line.contains("unknown ca") {}
    }
  }
}
