internal import Fleet
internal import JSON
internal import JSONRPC

/// Reads the params of a call, with an error that names the param and says what was expected.
struct CallParams {
  static let tokenName = "token"
  static let accountIDsName = "accountIds"
  static let timeoutName = "timeoutMs"
  static let subscriptionName = "subscription"
  static let idName = "id"

  let members: JSONObject

  /// The digest of the caller's key; nil when there is no token, or none that is a text of at least one character.
  var keyDigest: APIKeyDigest? {
    guard case .string(let token)? = members[Self.tokenName], !token.isEmpty else { return nil }
    return APIKeyDigest(ofToken: token)
  }

  /// Whether there is nothing else among them.
  var hasTokenAlone: Bool { members.count == 1 && members[Self.tokenName] != nil }

  /// Refuses params that the method does not take: a mistyped name must not pass silently.
  func refuseUnknown(for method: Method) throws(RPCError) {
    let known = method.params
    for name in members.keys where !known.contains(name) { throw .unknownParam(name, known: known) }
  }

  /// The accounts asked for; nil when the call is about all that the caller may see.
  func accountIDs(atMost limit: Int) throws(RPCError) -> Set<AccountID>? {
    guard let value = members[Self.accountIDsName] else { return nil }
    guard case .array(let elements) = value else {
      throw .invalidParams(param: Self.accountIDsName, expected: Self.list)
    }
    guard elements.count <= limit else {
      throw .invalidParams(param: Self.accountIDsName, expected: "at most \(limit) strings")
    }
    var ids: Set<AccountID> = []
    ids.reserveCapacity(elements.count)
    for element in elements {
      guard case .string(let id) = element else {
        throw .invalidParams(param: Self.accountIDsName, expected: Self.list)
      }
      ids.insert(AccountID(id))
    }
    return ids
  }

  /// How long the caller is willing to wait; nil for as long as it takes.
  func timeout() throws(RPCError) -> Duration? {
    guard let value = members[Self.timeoutName] else { return nil }
    guard case .integer(let milliseconds) = value, Self.timeouts.contains(milliseconds) else {
      throw .invalidParams(
        param: Self.timeoutName,
        expected: "a whole number of milliseconds from \(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound)")
    }
    return .milliseconds(milliseconds)
  }

  /// The subscription that is meant.
  func subscription() throws(RPCError) -> String {
    guard case .string(let id)? = members[Self.subscriptionName] else {
      throw .invalidParams(param: Self.subscriptionName, expected: "the name of a subscription")
    }
    return id
  }

  /// The call that is to be cancelled; nil when the params name none.
  var cancelledID: RPCID? { members[Self.idName].flatMap { RPCID($0) } }

  /// Up to a day.
  private static let timeouts: ClosedRange<Int64> = 1...86_400_000
  private static let list = "an array of strings"
}
