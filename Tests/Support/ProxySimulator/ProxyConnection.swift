internal import Foundation
internal import Glibc
internal import NIOConcurrencyHelpers

/// One client of the proxy, served on a thread of its own with blocking calls.
struct ProxyConnection {
  let proxy: ProxySimulator
  let client: Int32

  private struct Target {
    let host: String
    let port: Int
  }

  func run() {
    let behaviour = proxy.state.withLockedValue { $0.behaviour }
    switch behaviour {
    case .hangUp: return
    case .silent: while readByte() != nil {}
    case .normal, .refuse:
      guard let target = proxy.kind == .http ? httpTarget() : socksTarget() else { return }
      guard behaviour == .normal, let upstream = LoopbackSocket.connect(to: target.port) else { return refuse() }
      defer { close(upstream) }
      proxy.state.withLockedValue { $0.counters.tunnels.append("\(target.host):\(target.port)") }
      welcome()
      LoopbackSocket.pump(client, upstream)
    }
  }

  private func welcome() {
    switch proxy.kind {
    case .http: send("HTTP/1.1 200 Connection established\r\n\r\n")
    case .socks5: send([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
    }
  }

  private func refuse() {
    switch proxy.kind {
    case .http: send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    case .socks5: send([5, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    }
  }

  private func refuseCredentials() { proxy.state.withLockedValue { $0.counters.refusedCredentials += 1 } }

  // MARK: HTTP

  /// Reads a `CONNECT`; nil when it was something else, or not allowed.
  private func httpTarget() -> Target? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard head.count < 16_384, let byte = readByte() else { return nil }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3, words[0] == "CONNECT", let colon = words[1].lastIndex(of: ":"),
      let port = Int(words[1][words[1].index(after: colon)...])
    else {
      send("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
      return nil
    }
    if let credentials = proxy.credentials {
      let pair = Data("\(credentials.username):\(credentials.password)".utf8)
      let wanted = "Proxy-Authorization: Basic \(pair.base64EncodedString())"
      guard lines.contains(where: { $0 == wanted }) else {
        refuseCredentials()
        send("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
        return nil
      }
    }
    return Target(host: String(words[1][..<colon]), port: port)
  }

  // MARK: SOCKS 5

  /// Shakes hands and reads a request; nil when it was something else, or not allowed.
  private func socksTarget() -> Target? {
    guard readByte() == 5, let count = readByte(), let methods = read(Int(count)) else { return nil }
    let method: UInt8 = proxy.credentials == nil ? 0 : 2
    guard methods.contains(method) else {
      refuseCredentials()
      send([5, 0xFF])
      return nil
    }
    send([5, method])
    if let credentials = proxy.credentials {
      guard readByte() == 1, let username = readText(), let password = readText() else { return nil }
      guard username == credentials.username, password == credentials.password else {
        refuseCredentials()
        send([1, 1])
        return nil
      }
      send([1, 0])
    }
    guard let request = read(4), request[0] == 5, request[1] == 1 else { return nil }
    let host: String?
    switch request[3] {
    case 1: host = read(4).map { $0.map(String.init).joined(separator: ".") }
    case 3: host = readText()
    case 4: host = read(16).map { _ in "IPv6" }
    default: host = nil
    }
    guard let host, let port = read(2) else { return nil }
    return Target(host: host, port: Int(port[0]) << 8 | Int(port[1]))
  }

  // MARK: Bytes

  private func readText() -> String? {
    readByte().flatMap { read(Int($0)) }.map { String(decoding: $0, as: UTF8.self) }
  }

  private func readByte() -> UInt8? { read(1)?.first }

  private func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var length = 0
    while length < count {
      let received = bytes.withUnsafeMutableBytes {
        recv(client, $0.baseAddress?.advanced(by: length), count - length, 0)
      }
      if received < 0, errno == EINTR { continue }
      guard received > 0 else { return nil }
      length += received
    }
    return bytes
  }

  private func send(_ text: String) { send(Array(text.utf8)) }

  private func send(_ bytes: [UInt8]) { LoopbackSocket.send(bytes[...], to: client) }
}
