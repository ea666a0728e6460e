/// Something does not hold that must hold for every input.
public struct BrokenPromise: Error, CustomStringConvertible {
  /// What was promised.
  public let description: String
}

/// Demands something of what a reader made of its input.
func promise(_ promise: String, _ holds: Bool) throws(BrokenPromise) {
  guard holds else { throw BrokenPromise(description: promise) }
}
