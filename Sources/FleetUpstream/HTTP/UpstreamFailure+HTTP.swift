internal import Fleet
internal import JSON

extension UpstreamFailure {
  /// The failure when there is no complete answer.
  init(_ error: HTTPTransportError) {
    let kind: Kind =
      switch error {
      case .timedOut: .timedOut
      case .tooLarge: .invalidPayload
      case .proxyUnreachable: .proxyUnreachable
      case .unreachable, .shutDown, .invalidRequest: .unreachable
      }
    self.init(kind)
  }

  /// The failure that an answer other than 2xx is.
  init(_ response: HTTPResponse, now: Timestamp) {
    let body = ErrorBody(response.body)
    self.init(
      .status(response.status), errorCode: body?.code, saysDeactivated: body?.saysDeactivated ?? false,
      retryAfter: response.headers["retry-after"].flatMap { RetryAfter.duration($0, now: now) })
  }
}

/// What an error's body says, in any of the shapes that are in use; only codes are taken from it, never text.
private struct ErrorBody {
  /// The error's code, trimmed and in lower case.
  let code: String?
  /// Whether a message says that the account has been deactivated.
  let saysDeactivated: Bool

  private static let deactivationMark = "account has been deactivated"

  init?(_ bytes: [UInt8]) {
    guard let body = try? JSONReader.parse(bytes), body.objectValue != nil else { return nil }
    let error = body["error"]
    code = (error?["code"]?.stringValue ?? error?.stringValue).nonBlank?.lowercased()
    let messages = [
      error?["message"], error?["error_description"], error, body["error_description"], body["message"],
    ]
    saysDeactivated = messages.contains { $0?.stringValue?.lowercased().contains(Self.deactivationMark) ?? false }
  }
}
