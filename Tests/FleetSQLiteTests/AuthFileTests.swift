import CodexLogin
import Fleet
import JSON
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("the Codex CLI's auth.json")
struct AuthFileTests {
  static func token(_ claims: JSONValue) -> String {
    ["{\"alg\":\"none\"}".utf8.map { $0 }, claims.serialized(), [1, 2, 3]]
      .map { Base64URL.encode($0, padding: .none) }.joined(separator: ".")
  }

  static func file(
    claims: JSONValue, accountID: JSONValue = "acct-file", lastRefresh: JSONValue = "2026-05-06T07:08:09.123456789Z"
  ) -> [UInt8] {
    let file: JSONValue = [
      "OPENAI_API_KEY": .null,
      "tokens": [
        "id_token": .string(token(claims)), "access_token": "secret-access", "refresh_token": "secret-refresh",
        "account_id": accountID,
      ],
      "last_refresh": lastRefresh,
    ]
    return file.serialized()
  }

  static let claims: JSONValue = [
    "email": "me@example.com", "chatgpt_plan_type": "free",
    "https://api.openai.com/auth": [
      "chatgpt_plan_type": "plus", "chatgpt_account_id": "acct-1", "chatgpt_user_id": "user-1",
      "workspace_id": "ws-1", "organizations": [],
    ],
  ]

  @Test("claims come from OpenAI's own first, then from the token's")
  func complete() throws {
    let account = try AuthFile.account(in: Self.file(claims: Self.claims))
    #expect(account.email == "me@example.com")
    #expect(account.planType == "plus")
    #expect(account.chatGPTAccountID == "acct-1")
    #expect(account.chatGPTUserID == "user-1")
    #expect(account.workspaceID == "ws-1")
    #expect(account.accessToken.withText { $0 } == "secret-access")
    #expect(account.refreshToken.withText { $0 } == "secret-refresh")
    #expect(account.lastRefresh == Timestamp(rfc3339: "2026-05-06T07:08:09.123456Z"))
  }

  @Test("what no claim says is taken from the file or left open")
  func sparse() throws {
    let account = try AuthFile.account(
      in: Self.file(claims: ["email": " me@example.com ", "chatgpt_plan_type": "pro"], lastRefresh: "lately"))
    #expect(account.email == "me@example.com")
    #expect(account.planType == "pro")
    #expect(account.chatGPTAccountID == "acct-file")
    #expect(account.workspaceID == nil)
    #expect(account.lastRefresh == nil)
  }

  @Test("identifiers tell seats, workspaces and logins without a ChatGPT account apart")
  func identifiers() {
    func id(_ account: String?, _ email: String, _ workspace: String? = nil) -> String {
      ImportedAccount(
        email: email, chatGPTAccountID: account, workspaceID: workspace, accessToken: Secret("a"),
        refreshToken: Secret("r"), idToken: Secret("i")
      ).storeID.rawValue
    }
    let ids = [id("x", "a@b"), id("x", "c@d"), id("x", "a@b", "w"), id("y", "a@b"), id(nil, "a@b"), id(nil, "c@d")]
    #expect(Set(ids).count == ids.count)
    #expect(id("x", "a@b") == id("x", "a@b"))
    #expect(ids[0].hasPrefix("x_"))
    #expect(ids[4].hasPrefix("local_"))
    #expect(ids.allSatisfy { !$0.contains("@") })
  }

  @Test(
    "what is missing is named, with the cure and without the contents",
    arguments: [
      ("", "JSON"), ("[]", "JSON"), ("{", "JSON"), (#"{"OPENAI_API_KEY": "sk-secret"}"#, "tokens"),
      (#"{"tokens": null}"#, "tokens"),
      (#"{"tokens": {"access_token": "secret", "refresh_token": "secret"}}"#, "id_token"),
      (#"{"tokens": {"id_token": "secret", "refresh_token": "secret"}}"#, "access_token"),
      (#"{"tokens": {"id_token": "secret", "access_token": "secret", "refresh_token": " "}}"#, "refresh_token"),
      (#"{"tokens": {"id_token": "secret", "access_token": "secret", "refresh_token": 5}}"#, "refresh_token"),
      (#"{"tokens": {"id_token": "secret", "access_token": "secret", "refresh_token": "s"}}"#, "id_token"),
      (#"{"tokens": {"id_token": "a.b.c", "access_token": "secret", "refresh_token": "s"}}"#, "id_token"),
      (#"{"tokens": {"id_token": "a.W10.c", "access_token": "secret", "refresh_token": "s"}}"#, "id_token"),
      (#"{"tokens": {"id_token": "a.e30.c", "access_token": "secret", "refresh_token": "s"}}"#, "email"),
    ])
  func incomplete(text: String, field: String) {
    let error = #expect(throws: StoreError.self) { try AuthFile.account(in: Array(text.utf8)) }
    #expect(error?.code == .invalidValue)
    #expect(error?.message.contains(field) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("codex login") == true)
    #expect(error?.message.contains("secret") == false)
  }

  @Test("a file that is not there or is no file is refused")
  func files() throws {
    let directory = try TemporaryDirectory()
    let missing = #expect(throws: StoreError.self) { try AuthFile.account(at: directory.file("auth.json")) }
    #expect(missing?.code == .missing)
    let noFile = #expect(throws: StoreError.self) { try AuthFile.account(at: directory.path) }
    #expect(noFile?.code == .invalidValue)
  }
}
