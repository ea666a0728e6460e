internal import JSONRPC

/// What one connection does next, decided without a socket: when to read, which lines to run, when to close.
///
/// The shell tells it what happened and then takes `next()` steps until it is told to read or to wait.
struct ConnectionState {
  /// What to do now.
  enum Step: Hashable {
    /// Send this: it answers a call that needs no running.
    case answer(AnswerLine)
    /// Run this call or notification, and say `callEnded` when it has ended.
    case run(RPCRequest)
    /// Run these side by side and answer them together: say `callEnded` for each notification and for each call, and
    /// once when there is no call among them.
    case runBatch([RPCMessage])
    /// The line was no acceptable request: send this error under this id, or nothing (id nil) for a notification.
    case refuse(id: RPCID?, RPCError)
    /// Take the next piece of the stream.
    case read
    /// Nothing, until something else happens.
    case wait
    /// Write out what waits to be written and close the connection; lingering, close only our own direction and go on
    /// reading, so that a peer in the middle of a write gets to our answer instead of a broken pipe.
    case finish(lingering: Bool)
  }

  private enum Phase {
    /// Lines are taken.
    case open
    /// No more lines are taken; the calls in flight are still answered.
    case ending(lingering: Bool)
    /// `finish` was said.
    case finished(lingering: Bool)
  }

  private let limits: ServerLimits
  private let answers: ConnectionAnswers?
  private var framer: LineFramer
  private var phase = Phase.open
  private var isWritable = true
  private var inputHasEnded = false
  private var authenticationFailures = 0
  private var isReading = false
  private var subscriptions = 0
  /// A batch that waits until there is room for its calls.
  private var heldBack: [RPCMessage]?

  /// How many bytes are held that are no call yet.
  var bufferedBytes: Int { framer.bufferedCount }

  /// How many lines have been taken.
  private(set) var linesTaken = 0

  /// Calls that were given out and have not ended.
  private(set) var callsInFlight = 0

  /// - Parameter answers: what is known already; without it every call is run.
  init(limits: ServerLimits, answers: ConnectionAnswers? = nil) {
    self.limits = limits
    self.answers = answers
    framer = LineFramer(maximumLineLength: limits.lineLength)
  }

  /// A piece of the stream has come.
  mutating func received(_ bytes: UnsafeRawBufferPointer) {
    // What comes after the end is read only to be thrown away.
    if case .open = phase { framer.append(bytes) }
  }

  /// The peer sends no more. It may still wait for answers.
  mutating func inputEnded() { inputHasEnded = true }

  /// Whether the peer reads what we write. While it does not, its lines are left alone.
  mutating func writabilityChanged(to isWritable: Bool) { self.isWritable = isWritable }

  /// A call has ended, and was answered if it wants an answer.
  mutating func callEnded(_ authentication: CallResult.Authentication) {
    callsInFlight -= 1
    switch authentication {
    case .notAsked: break
    case .passed: authenticationFailures = 0
    case .failed:
      authenticationFailures += 1
      if authenticationFailures >= limits.consecutiveAuthenticationFailures, case .open = phase {
        phase = .ending(lingering: true)
      }
    }
  }

  /// The client has a subscription, for which it is kept, also when it sends no more.
  mutating func subscriptionBegan() { subscriptions += 1 }

  /// A subscription is over.
  mutating func subscriptionEnded() { subscriptions -= 1 }

  /// Whether nothing is going on and nothing is to be expected unless the client begins it.
  var isIdle: Bool {
    guard case .open = phase else { return false }
    return callsInFlight == 0 && subscriptions == 0 && !framer.hasPartialLine
  }

  /// The server stops: the calls in flight are answered, then the connection is closed.
  mutating func stop() {
    if case .finished(lingering: false) = phase { return }
    phase = .ending(lingering: false)
  }

  /// Whether another answer may be queued while that many bytes wait to be written already.
  func mayQueue(behind unsentBytes: Int) -> Bool { unsentBytes <= limits.unsentBytes }

  /// Whether a line is being waited for that has to come to its end soon: the first one from the start, later ones from
  /// their first byte. While the connection is not read from, that is nobody's fault.
  var awaitsEndOfLine: Bool {
    guard case .open = phase, isReading else { return false }
    return linesTaken == 0 || framer.hasPartialLine
  }

  /// The line that is waited for did not come to its end in time.
  mutating func lineTimedOut() -> RPCError? {
    guard awaitsEndOfLine else { return nil }
    phase = .ending(lingering: true)
    return .lineTimedOut(after: limits.lineTimeout)
  }

  /// The next thing to do.
  mutating func next() -> Step {
    let step = decideNext()
    isReading = step == .read
    return step
  }

  private mutating func decideNext() -> Step {
    switch phase {
    case .open:
      return nextOfOpen()
    case .ending(let lingering):
      guard callsInFlight == 0 else { return .wait }
      let lingers = lingering && !inputHasEnded
      phase = .finished(lingering: lingers)
      return .finish(lingering: lingers)
    case .finished(lingering: true):
      guard inputHasEnded else { return .read }
      phase = .finished(lingering: false)
      return .finish(lingering: false)
    case .finished(lingering: false):
      return .wait
    }
  }

  private mutating func nextOfOpen() -> Step {
    guard isWritable, callsInFlight < limits.callsPerConnection else { return .wait }
    if let entries = heldBack {
      heldBack = nil
      return begin(entries)
    }
    switch framer.next() {
    case .line(let line):
      linesTaken += 1
      if let answer = answers?.answer(to: line) { return answered(answer) }
      let message = RPCMessage.decode(line)
      if case .request(let request) = message, let answer = answers?.answer(to: request, in: line) {
        return answered(answer)
      }
      return judge(message)
    case .tooLong:
      phase = .ending(lingering: true)
      return .refuse(id: .null, .requestTooLarge(limit: limits.lineLength))
    case .incomplete:
      guard inputHasEnded else { return .read }
      // A call that still runs may turn out to be a subscription.
      guard callsInFlight == 0 && subscriptions == 0 || framer.hasPartialLine else { return .wait }
      phase = .ending(lingering: false)
      guard framer.hasPartialLine else { return decideNext() }
      return .refuse(id: .null, .invalidRequest("the last line does not end with a newline"))
    }
  }

  /// Only a key that is accepted has answers that are known.
  private mutating func answered(_ answer: AnswerLine) -> Step {
    authenticationFailures = 0
    return .answer(answer)
  }

  private mutating func judge(_ message: RPCMessage) -> Step {
    switch message {
    case .request(let request):
      callsInFlight += 1
      return .run(request)
    case .invalid(let id, let error): return .refuse(id: id, error)
    case .invalidNotification(let error): return .refuse(id: nil, error)
    case .batch(let entries): return begin(entries)
    }
  }

  /// Runs a batch as soon as there is room for all of it.
  private mutating func begin(_ entries: [RPCMessage]) -> Step {
    let requests = entries.requests
    let count = requests.count { $0.isNotification } + max(1, requests.count { !$0.isNotification })
    guard callsInFlight == 0 || callsInFlight + count <= limits.callsPerConnection else {
      heldBack = entries
      return .wait
    }
    callsInFlight += count
    return .runBatch(entries)
  }
}

extension [RPCMessage] {
  /// The calls and notifications among the entries of a batch.
  var requests: [RPCRequest] {
    compactMap { entry in
      guard case .request(let request) = entry else { return nil }
      return request
    }
  }
}
