import Fleet
import Foundation
import Glibc
import Testing

@testable import FleetUpstream

@Suite("TLS", .timeLimit(.minutes(1)))
struct TransportSecurityTests {
  @Test(
    "a server with a certificate that nobody vouches for gets no request",
    .enabled(if: OpenSSL.isInstalled, "needs the openssl command"))
  func selfSigned() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let key = directory.appendingPathComponent("key.pem").path
    let certificate = directory.appendingPathComponent("certificate.pem").path
    let making = try OpenSSL([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
      certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ])
    for await _ in making.lines {}
    let server = try OpenSSL(["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"])
    defer { server.kill() }
    var lines = server.lines.makeAsyncIterator()
    var port: Int?
    while port == nil, let line = await lines.next() {
      if line.hasPrefix("ACCEPT ") { port = line.split(separator: ":").last.flatMap { Int($0) } }
    }

    let driver = try CurlDriver()
    let endpoint = try UsageEndpoint(
      baseURL: "https://127.0.0.1:\(try #require(port))", driver: driver, userAgent: "tests", clock: SkippingClock())
    let request = UsageRequest(accessToken: Secret("token"), chatGPTAccountID: nil, route: .direct)
    #expect(await endpoint.usage(for: request) == .failure(UpstreamFailure(.unreachable)))
    await driver.shutdown()
    // That it was reached, and left because of its certificate; without this line the test ends at its time limit.
    while let line = await lines.next(), !line.contains("unknown ca") {}
  }
}

/// A run of the openssl command whose output is read as it comes.
private final class OpenSSL {
  private static let path = "/usr/bin/openssl"

  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// What it prints, line by line, until it ends.
  let lines: AsyncStream<String>
  private let process = Process()

  init(_ arguments: [String]) throws {
    let output = Pipe()
    let (pieces, input) = AsyncStream.makeStream(of: String.self)
    lines = pieces
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    // A thread rather than a handle's `readabilityHandler`, whose end is not safe on Linux while others run.
    DispatchQueue(label: "openssl.output").async {
      let descriptor = output.fileHandleForReading.fileDescriptor
      var buffer = [UInt8](repeating: 0, count: 1 << 12)
      var rest: [UInt8] = []
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        rest += buffer[..<count]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          input.yield(String(decoding: rest[..<end], as: UTF8.self))
          rest.removeSubrange(...end)
        }
      }
      input.finish()
      withExtendedLifetime(output) {}
    }
  }

  /// Ends it; the children of this process have the gentler signals blocked.
  func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }
}
