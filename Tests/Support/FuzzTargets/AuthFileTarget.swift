internal import Fleet
internal import FleetSQLite
internal import JSON

/// An account that is read comes back the same from a file that holds just it.
///
/// The input is the file. Where it has a member `claims`, these are also put into an id token that takes the place of the
/// file's own: changed at random, a token in Base64 seldom holds anything.
enum AuthFileTarget {
  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    try check(file: input)
    guard var file = (try? JSONReader.parse(input))?.objectValue, let claims = file["claims"],
      var tokens = file["tokens"]?.objectValue
    else { return }
    tokens["id_token"] = .string(IDTokenTarget.token(payload: claims.serialized()))
    file["tokens"] = .object(tokens)
    try check(file: JSONValue.object(file).serialized())
  }

  private static func check(file: [UInt8]) throws(BrokenPromise) {
    let account: ImportedAccount
    do throws(StoreError) {
      account = try AuthFile.account(in: file)
    } catch {
      try promise("a file is refused as an invalid value", error.code == .invalidValue)
      return
    }
    let texts = [
      account.email, account.planType, account.chatGPTAccountID, account.chatGPTUserID, account.workspaceID,
      account.workspaceLabel, account.seatType, text(account.accessToken), text(account.refreshToken),
      text(account.idToken),
    ]
    for text in texts where text != nil { try promise("a text is trimmed and not empty", text.nonBlank == text) }
    try promise("an account has an identifier", !account.storeID.rawValue.isEmpty)
    try promise("an account comes back the same", (try? AuthFile.account(in: rewritten(account))) == account)
  }

  private static func text(_ secret: Secret) -> String { secret.withText { $0 } }

  private static func rewritten(_ account: ImportedAccount) -> [UInt8] {
    var tokens: JSONObject = [
      "id_token": .string(text(account.idToken)), "access_token": .string(text(account.accessToken)),
      "refresh_token": .string(text(account.refreshToken)),
    ]
    if let id = account.chatGPTAccountID { tokens["account_id"] = .string(id) }
    var file: JSONObject = ["tokens": .object(tokens)]
    if let renewed = account.lastRefresh { file["last_refresh"] = .string(renewed.rfc3339) }
    return JSONValue.object(file).serialized()
  }
}
