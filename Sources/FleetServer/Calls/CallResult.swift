/// What came of one call, or of the calls of one batch.
struct CallResult: Hashable, Sendable {
  /// What the call showed about the key behind it.
  enum Authentication: Hashable, Sendable {
    /// The method needs no key, or the key could not be looked up.
    case notAsked
    /// The key was accepted.
    case passed
    /// The key was missing or not accepted.
    case failed
  }

  /// The line to send; nil when nobody is to be answered.
  var answer: AnswerLine?
  /// What to count against, or in favour of, the connection: one for each call that ended, and one for a batch without
  /// any.
  var authentications: [Authentication]
  /// How many subscriptions begin with it.
  var subscriptions = 0
}
