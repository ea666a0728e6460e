internal import Fleet
internal import JSONRPC
internal import Logging
internal import NIOConcurrencyHelpers

/// Answers the summaries that need no work, where the call was read: on its connection's event loop.
///
/// The key is checked against the state of the store at that moment, as it is on the longer way through the dispatcher;
/// whatever is not known already, or not as usual, goes that way.
final class KnownAnswers: Sendable {
  private let service: any FleetCalls
  private let renderings: SummaryRenderings
  private let counters: CallCounters
  private let lines = NIOLockedValueBox(LineMemory())

  init(service: any FleetCalls, renderings: SummaryRenderings, counters: CallCounters) {
    self.service = service
    self.renderings = renderings
    self.counters = counters
  }

  /// The answer to a line that is, but for its id, one that was answered before.
  fileprivate func answer(to line: [UInt8], _ logger: Logger) -> AnswerLine? {
    let record = CallRecord(logger)
    guard let numbered = NumberedLine(line), let digest = lines.withLockedValue({ $0[numbered] }) else { return nil }
    return answer(to: .integer(numbered.number), holding: digest, record)
  }

  /// The answer to a request, and to lines like the one that it came in from now on.
  fileprivate func answer(to request: RPCRequest, in line: [UInt8], _ logger: Logger) -> AnswerLine? {
    guard let id = request.id, request.method == Method.summary.rawValue else { return nil }
    let record = CallRecord(logger)
    let params = CallParams(members: request.params)
    guard params.hasTokenAlone, let digest = params.keyDigest,
      let answer = answer(to: id, holding: digest, record)
    else { return nil }
    if let numbered = NumberedLine(line), numbered.isID(of: request, in: line) {
      lines.withLockedValue { $0.remember(numbered, digest) }
    }
    return answer
  }

  private func answer(to id: RPCID, holding digest: APIKeyDigest, _ record: CallRecord) -> AnswerLine? {
    guard let look = service.lookAtOnce(holding: digest), let rendering = renderings.atOnce(look) else { return nil }
    counters.callAnsweredAtOnce()
    record.write(Method.summary.rawValue, code: CallRecord.success)
    return .summary(id: id, rendering, at: look.now)
  }
}

/// The answers that are known, for the lines of one connection. None of this waits or blocks.
struct ConnectionAnswers {
  let known: KnownAnswers
  let logger: Logger

  /// The answer to a line that need not even be read.
  func answer(to line: [UInt8]) -> AnswerLine? { known.answer(to: line, logger) }

  /// The answer to what a line was read as.
  func answer(to request: RPCRequest, in line: [UInt8]) -> AnswerLine? { known.answer(to: request, in: line, logger) }
}
