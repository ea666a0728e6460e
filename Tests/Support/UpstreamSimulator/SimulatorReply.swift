internal import JSON

/// What is to be sent for one request, and when.
struct SimulatorReply: Sendable {
  /// What goes over the connection.
  enum Content: Sendable {
    /// A complete answer.
    case complete(Response)
    /// The head and half of the body, then the end of the connection.
    case half(Response, End)
    /// The end of the connection.
    case drop(End)
    /// Nothing.
    case nothing
  }

  /// How a connection ends.
  enum End: Sendable {
    /// As one side does that has said everything.
    case orderly
    /// At once, with whatever is under way thrown away.
    case reset
  }

  /// An answer's parts.
  struct Response: Sendable {
    var status: Int
    var headers: [UpstreamBehaviour.Header] = []
    var body: [UInt8] = []

    init(status: Int, headers: [UpstreamBehaviour.Header] = [], body: [UInt8] = []) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    init(status: Int, json: JSONValue) {
      self.init(
        status: status, headers: [UpstreamBehaviour.Header("Content-Type", "application/json")],
        body: json.serialized())
    }

    init(status: Int, _ error: UpstreamBehaviour.ErrorBody) {
      switch error {
      case .none: self.init(status: status)
      case .object(let code, let message):
        self.init(status: status, json: ["error": ["code": .string(code), "message": .string(message)]])
      case .text(let text, let description):
        var body: JSONObject = ["error": .string(text)]
        body["error_description"] = description.map(JSONValue.string)
        self.init(status: status, json: .object(body))
      case .message(let message): self.init(status: status, json: ["message": .string(message)])
      }
    }
  }

  var content: Content
  var latency: Duration = .zero
  /// The call it answers, whose gate may hold it back; a usage call's counts as in progress until it is sent.
  var call: UpstreamSimulator.Call?
  /// Decides about the content only when it is sent: an exchange that nobody waits for any more uses no token up.
  var late: (@Sendable (inout SimulatorState) -> Content)?

  init(_ response: Response) { content = .complete(response) }

  /// Applies a behaviour; `normal` is asked for only when the request is really worked on.
  init(_ behaviour: UpstreamBehaviour, normal: () -> Response) {
    latency = behaviour.latency
    var extra = behaviour.retryAfter.map { [UpstreamBehaviour.Header("Retry-After", $0)] } ?? []
    if behaviour.endsConnection { extra.append(UpstreamBehaviour.Header("Connection", "close")) }
    func complete(_ response: Response) -> Content {
      var response = response
      response.headers += extra
      return .complete(response)
    }
    switch behaviour.answer {
    case .normal: content = complete(normal())
    case .error(let status, let body): content = complete(Response(status: status, body))
    case .raw(let status, let body, let headers):
      content = complete(Response(status: status, headers: headers, body: body))
    case .huge(let bytes):
      let body = Array("{}".utf8) + [UInt8](repeating: UInt8(ascii: " "), count: max(0, bytes - 2))
      content = complete(Response(status: 200, body: body))
    case .dropBeforeHead: content = .drop(.orderly)
    case .dropInBody: content = .half(normal(), .orderly)
    case .resetBeforeHead: content = .drop(.reset)
    case .resetInBody: content = .half(normal(), .reset)
    case .never: content = .nothing
    case .redirect(let address):
      content = complete(Response(status: 302, headers: [UpstreamBehaviour.Header("Location", address)]))
    }
  }
}
