internal import Fleet
internal import JSONRPC
internal import Logging

/// Answers the summaries that need no work, where the call was read: on its connection's event loop.
///
/// The key is checked against the state of the store at that moment, as it is on the longer way through the dispatcher;
/// whatever is not known already, or not as usual, goes that way.
struct KnownAnswers: Sendable {
  private let service: any FleetCalls
  private let renderings: SummaryRenderings
  private let counters: CallCounters

  init(service: any FleetCalls, renderings: SummaryRenderings, counters: CallCounters) {
    self.service = service
    self.renderings = renderings
    self.counters = counters
  }

  /// The answer to a call, if it can be given now: neither waits nor blocks.
  func answer(to request: RPCRequest, _ logger: Logger) -> AnswerLine? {
    guard let id = request.id, request.method == Method.summary.rawValue else { return nil }
    let record = CallRecord(logger)
    let params = CallParams(members: request.params)
    guard params.hasTokenAlone, let digest = params.keyDigest,
      let look = service.lookAtOnce(holding: digest), let rendering = renderings.atOnce(look)
    else { return nil }
    counters.callAnsweredAtOnce()
    record.write(Method.summary.rawValue, code: CallRecord.success)
    return .summary(id: id, rendering, at: look.now)
  }
}
