internal import Fleet

extension UsageAnswer {
  /// Reads the usage API's answer.
  init(_ response: HTTPResponse, now: Timestamp) {
    guard (200...299).contains(response.status) else {
      self = .failure(UpstreamFailure(response, now: now))
      return
    }
    guard let payload = UsagePayload(body: response.body) else {
      self = .failure(UpstreamFailure(.invalidPayload))
      return
    }
    self = .payload(payload)
  }
}
