/// Ends a test in which something came out that the rest of the test cannot go on from.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
