internal import CCurl
internal import Fleet

/// One request on its way: owns libcurl's handle for it and what has arrived so far.
///
/// Only the driver's thread touches it once it was handed over.
final class CurlTransfer {
  typealias Completion = CheckedContinuation<Result<HTTPResponse, HTTPTransportError>, Never>

  let handle: UnsafeMutableRawPointer
  /// When its time is up.
  let deadline: SuspendingClock.Instant
  private let completion: Completion
  private let bodyLimit: Int
  private let isTunnelled: Bool
  private var headerLines: UnsafeMutablePointer<curl_slist>?
  private var headers: [String: String] = [:]
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLarge = false

  /// How large a header block may be; answers of the APIs we ask have a few kilobytes.
  private static let headerLimit = 64 << 10
  /// For how many seconds a connection is used again.
  private static let connectionLife = 90

  /// Prepares a request; nil when libcurl has no handle left or refuses an option, so that nothing is ever sent with an
  /// option missing.
  init?(_ request: HTTPRequest, completion: Completion) {
    guard let handle = curl_easy_init() else { return nil }
    self.handle = handle
    self.completion = completion
    deadline = .now + request.timeLimit
    bodyLimit = request.bodyLimit
    isTunnelled = request.proxy?.scheme.makesTunnel ?? false
    guard configure(request) else { return nil }
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headerLines)
  }

  /// Tells the asker how it ended; called exactly once.
  func finish(_ code: CurlCode) {
    completion.resume(returning: outcome(code))
  }

  /// Tells the asker that nothing will come.
  func fail(_ error: HTTPTransportError) { completion.resume(returning: .failure(error)) }

  private func outcome(_ code: CurlCode) -> Result<HTTPResponse, HTTPTransportError> {
    if isTooLarge { return .failure(.tooLarge) }
    switch code {
    case .ok:
      var status = 0
      codex_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
      return .success(HTTPResponse(status: status, headers: headers, body: body))
    case .timedOut: return .failure(.timedOut(delivery))
    case .malformedURL, .unsupportedProtocol: return .failure(.invalidRequest)
    default: return .failure(.unreachable(delivery))
    }
  }

  /// Whether anything of the request itself was sent.
  ///
  /// libcurl notes the time at which the request was handed over whole, and counts the bytes of request heads; with a
  /// tunnel the first of these is the proxy's own, until that has let the tunnel through.
  private var delivery: HTTPTransportError.Delivery {
    var handedOver = 0
    codex_curl_get_offset(handle, CURLINFO_PRETRANSFER_TIME_T, &handedOver)
    var sentBytes = 0
    codex_curl_get_long(handle, CURLINFO_REQUEST_SIZE, &sentBytes)
    if isTunnelled {
      var status = 0
      codex_curl_get_long(handle, CURLINFO_HTTP_CONNECTCODE, &status)
      if !(200...299).contains(status) { sentBytes = 0 }
    }
    return handedOver == 0 && sentBytes == 0 ? .notSent : .unknown
  }

  /// How many connections this transfer had to open.
  var connectionsOpened: Int {
    var count = 0
    codex_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &count)
    return count
  }

  private func configure(_ request: HTTPRequest) -> Bool {
    for header in request.headers {
      guard let lines = curl_slist_append(headerLines, "\(header.name): \(header.value)") else { return false }
      headerLines = lines
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    // A request with a body is alone on its connection, for a stream that is refused is asked for again by libcurl
    // itself. So is one with a name at its proxy: the connection is not another's, not even while it is in use.
    let isMultiplexed =
      request.url.lowercased().hasPrefix("https://") && request.body == nil && request.proxy?.credentials == nil
    var codes = [
      codex_curl_set_text(handle, CURLOPT_URL, request.url),
      codex_curl_set_list(handle, CURLOPT_HTTPHEADER, headerLines),
      codex_curl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      codex_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      codex_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0),
      // An account's way is a decision of the operator's, kept in the store: neither a proxy in the environment has a
      // say, nor a list there of hosts to be reached without one.
      codex_curl_set_text(handle, CURLOPT_PROXY, request.proxy?.address ?? ""),
      codex_curl_set_text(handle, CURLOPT_NOPROXY, ""),
      codex_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, ""),
      codex_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1),
      codex_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2),
      codex_curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      // When the time is up while a name is looked up, the request ends at once; otherwise the driver's thread would wait
      // for the lookup, and everybody else's answers with it.
      codex_curl_set_long(handle, CURLOPT_QUICK_EXIT, 1),
      codex_curl_set_long(
        handle, CURLOPT_HTTP_VERSION, Int(isMultiplexed ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)),
      // Waits for a connection that may turn out to carry many requests, rather than opening one for each. Without TLS
      // that would become known only with the first answer, for which all other requests would have to wait.
      codex_curl_set_long(handle, CURLOPT_PIPEWAIT, isMultiplexed ? 1 : 0),
      // A connection that carries many requests is kept although they time out, and would be taken for every further one
      // when the network has silently forgotten it.
      codex_curl_set_long(handle, CURLOPT_MAXLIFETIME_CONN, Self.connectionLife),
      // On a kept connection that breaks libcurl sends a request again by itself, which a body may not survive: a
      // refresh token is used up by the first one.
      codex_curl_set_long(handle, CURLOPT_FRESH_CONNECT, request.body == nil ? 0 : 1),
      codex_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody),
      codex_curl_set_pointer(handle, CURLOPT_WRITEDATA, context),
      codex_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader),
      codex_curl_set_pointer(handle, CURLOPT_HEADERDATA, context),
    ]
    if let proxy = request.proxy { codes += configure(proxy) }
    if let limit = request.connectLimit {
      codes.append(codex_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(limit / .milliseconds(1)))))
    }
    if let body = request.body {
      codes.append(codex_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count))
      body.withUnsafeBytes { bytes in
        let text = bytes.bindMemory(to: CChar.self).baseAddress
        codes.append(codex_curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, text))
      }
    }
    return codes.allSatisfy { $0 == CURLE_OK }
  }

  private func configure(_ proxy: ProxyEndpoint) -> [CURLcode] {
    // A tunnel also for plain HTTP: what the proxy itself answers must never pass for the upstream's answer.
    var codes = [
      codex_curl_set_long(handle, CURLOPT_HTTPPROXYTUNNEL, 1),
      codex_curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
      codex_curl_set_long(handle, CURLOPT_PROXY_SSL_VERIFYPEER, 1),
      codex_curl_set_long(handle, CURLOPT_PROXY_SSL_VERIFYHOST, 2),
    ]
    if let credentials = proxy.credentials {
      codes.append(codex_curl_set_text(handle, CURLOPT_PROXYUSERNAME, credentials.username))
      codes.append(
        credentials.password.withText { codex_curl_set_text(handle, CURLOPT_PROXYPASSWORD, $0) })
      // libcurl tells the connections through an HTTP proxy apart by the proxy, not by the name given to it, while a
      // proxy may choose the way out by that name.
      codes.append(codex_curl_set_long(handle, CURLOPT_FRESH_CONNECT, 1))
      codes.append(codex_curl_set_long(handle, CURLOPT_FORBID_REUSE, 1))
    }
    return codes
  }

  fileprivate static func from(_ context: UnsafeMutableRawPointer) -> CurlTransfer {
    Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  /// Takes a piece of the decoded body; false ends the transfer.
  fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard body.count + bytes.count <= bodyLimit else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// Takes a header line; false ends the transfer.
  fileprivate func take(header bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Self.headerLimit else {
      isTooLarge = true
      return false
    }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // A new status line: what came before belonged to an interim answer.
      headers = [:]
      return true
    }
    guard let colon = line.firstIndex(of: ":") else { return true }
    let name = line[..<colon].lowercased()
    let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
    guard headers[name] == nil else { return true }
    headers[name] = String(value.reversed().drop(while: \.isWhitespace).reversed())
    return true
  }
}

extension ProxyEndpoint {
  /// The proxy as libcurl takes it.
  fileprivate var address: String { "\(scheme.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension ProxyEndpoint.Scheme {
  /// Whether the proxy is asked for a tunnel by a request of its own.
  fileprivate var makesTunnel: Bool {
    switch self {
    case .http, .https: true
    case .socks5, .socks5h: false
    }
  }
}

/// Called by libcurl on the driver's thread.
private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return CurlTransfer.from(context).take(body: buffer) ? buffer.count : 0
}

/// Called by libcurl on the driver's thread.
private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return CurlTransfer.from(context).take(header: buffer) ? buffer.count : 0
}
