internal import Fleet
internal import JSON

extension UsageAnswer {
  /// Reads the usage API's answer.
  init(_ response: HTTPResponse, now: Timestamp) {
    guard (200...299).contains(response.status) else {
      self = .failure(
        UpstreamFailure(
          .status(response.status), errorCode: ErrorBody(response.body)?.code,
          retryAfter: response.headers["retry-after"].flatMap { RetryAfter.duration($0, now: now) }))
      return
    }
    guard let payload = UsagePayload(body: response.body) else {
      self = .failure(UpstreamFailure(.invalidPayload))
      return
    }
    self = .payload(payload)
  }
}

/// What an error's body says, in any of the shapes that are in use; only codes are taken from it, never text.
private struct ErrorBody {
  /// The error's code, trimmed and in lower case.
  let code: String?

  /// A message that says this stands for the code, whatever the code is.
  private static let deactivationMark = "account has been deactivated"

  init?(_ bytes: [UInt8]) {
    guard let body = try? JSONReader.parse(bytes), body.objectValue != nil else { return nil }
    let error = body["error"]
    let stated = error?["code"]?.stringValue ?? error?.stringValue
    let messages = [error?["message"], error?["error_description"], body["error_description"], body["message"]]
    let saysDeactivated = messages.contains { message in
      message?.stringValue?.lowercased().contains(Self.deactivationMark) ?? false
    }
    let trimmed = stated?.trimmingWhitespace().lowercased()
    code = saysDeactivated ? "account_deactivated" : trimmed.flatMap { $0.isEmpty ? nil : $0 }
  }
}
