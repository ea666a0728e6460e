/// What the reader refuses although it is well-formed JSON.
public struct JSONLimits: Sendable, Hashable {
  /// How many arrays and objects may be open inside one another; `1` allows `[]` but not `[[]]`, `0` scalars only.
  ///
  /// Values above 2,048 have no further effect: the parser below stops there by itself.
  public var maximumDepth: Int

  /// Makes limits; the nesting allowed by default is 64.
  public init(maximumDepth: Int = 64) {
    self.maximumDepth = maximumDepth
  }

  /// The limits for input from outside: nesting up to 64.
  public static let standard = JSONLimits()
}
