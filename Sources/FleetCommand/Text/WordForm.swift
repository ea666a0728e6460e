/// How much room a text may take.
enum WordForm: Sendable, Equatable {
  /// Shortened as far as it stays clear.
  case short
  /// As it is said.
  case full
}
