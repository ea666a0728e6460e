/// One call that has ended.
struct FinishedCall: Sendable {
  /// The line that answers it; nil when nobody is to be answered.
  var answer: AnswerLine?
  /// What it showed about the key behind it.
  var authentication: CallResult.Authentication
  /// What it opened, to begin once the answer was sent.
  var subscription: Subscription?
}
