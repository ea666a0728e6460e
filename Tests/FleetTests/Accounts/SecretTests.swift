import Testing

@testable import Fleet

@Suite("Secret")
struct SecretTests {
  static let text = "sk-very-secret-text"

  private struct Holder {
    var name = "holder"
    var secret: Secret? = Secret(SecretTests.text)
  }

  private enum Choice {
    case token(Secret)
  }

  private struct Failure: Error {
    var secret = Secret(SecretTests.text)
  }

  /// What a value looks like through everything that turns values into text.
  private func renderings(of value: Any) -> [String] {
    var printed = ""
    var debugPrinted = ""
    var dumped = ""
    print(value, to: &printed)
    debugPrint(value, to: &debugPrinted)
    dump(value, to: &dumped)
    return [
      printed, debugPrinted, dumped, "\(value)", String(describing: value), String(reflecting: value),
      "\([value])", "\(["key": value])", Mirror(reflecting: value).children.map { "\($0.value)" }.joined(),
    ]
  }

  @Test("no way of printing shows the text")
  func printing() {
    let secret = Secret(Self.text)
    let request = UsageRequest(accessToken: secret, chatGPTAccountID: "id", route: .direct)
    let values: [Any] = [
      secret, Optional(secret) as Any, Holder(), Choice.token(secret), (1, secret), [secret], ["a": secret],
      Set([secret]), Failure(), request, Result<Secret, Failure>.success(secret),
    ]
    for value in values {
      for rendering in renderings(of: value) {
        #expect(!rendering.contains(Self.text) && !rendering.contains("very"), "\(type(of: value))")
      }
    }
    #expect("\(secret)" == "<secret>" && String(reflecting: secret) == "<secret>")
  }

  @Test("the text leaves through the closure alone")
  func access() throws {
    let secret = Secret(Self.text)
    #expect(secret.withText { $0 } == Self.text)
    #expect(throws: Failure.self) { try secret.withText { _ throws(Failure) in throw Failure() } }
    #expect(!secret.isEmpty && Secret("").isEmpty)
    #expect(Secret("a") == Secret("a") && Secret("a") != Secret("b"))
  }
}
