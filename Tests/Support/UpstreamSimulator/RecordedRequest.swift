/// A request as it arrived.
public struct RecordedRequest: Hashable, Sendable {
  /// The method.
  public var method: String
  /// The path, with a query if there was one.
  public var path: String
  /// Header lines in the order they came, names in lower case.
  public var headers: [UpstreamBehaviour.Header]
  /// The body.
  public var body: [UInt8]

  /// The value of the first header of that name (in lower case).
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
