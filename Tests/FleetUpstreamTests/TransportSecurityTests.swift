import Fleet
import FleetUpstream
import Foundation
import Glibc
import Testing

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

    let endpoint = try UsageEndpoint(
      baseURL: "https://127.0.0.1:\(try #require(port))", userAgent: "tests", clock: SkippingClock())
    let request = UsageRequest(accessToken: Secret("token"), chatGPTAccountID: nil)
    #expect(await endpoint.usage(for: request) == .failure(UpstreamFailure(.unreachable)))
    await endpoint.shutdown()
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
    let rest = Lines(input)
    output.fileHandleForReading.readabilityHandler = { handle in
      if !rest.take(handle.availableData) { handle.readabilityHandler = nil }
    }
    try process.run()
  }

  /// Ends it; the children of this process have the gentler signals blocked.
  func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }
}

/// Cuts what arrives into lines.
///
/// `@unchecked`: only the one handler that reads the pipe uses it, and its calls follow one another.
private final class Lines: @unchecked Sendable {
  private let continuation: AsyncStream<String>.Continuation
  private var rest = ""

  init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }

  /// Takes a piece of the output; false when it was the end.
  func take(_ data: Data) -> Bool {
    guard !data.isEmpty else {
      continuation.finish()
      return false
    }
    rest += String(decoding: data, as: UTF8.self)
    while let end = rest.firstIndex(of: "\n") {
      continuation.yield(String(rest[..<end]))
      rest = String(rest[rest.index(after: end)...])
    }
    return true
  }
}
