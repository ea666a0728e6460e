internal import CodexLogin
public import Fleet
internal import JSON

/// The Codex CLI's `auth.json`, in which it keeps its login.
public enum AuthFile {
  /// The longest file that is read, in bytes.
  private static let maximumLength = 1 << 20

  /// Reads the account in the file at `path`. Blocks.
  ///
  /// - Throws: `.missing` or `.permission` when the file cannot be read, else as `account(in:)`.
  public static func account(at path: String) throws(StoreError) -> ImportedAccount {
    guard let bytes = try FileContents.read(path, atMost: maximumLength) else {
      throw invalid("\(path) is not a file, or longer than 1 MiB")
    }
    return try account(in: bytes)
  }

  /// Reads the account in the file that comes on standard input. Blocks.
  ///
  /// - Throws: as `account(in:)`, or when it cannot be read.
  public static func accountOnStandardInput() throws(StoreError) -> ImportedAccount {
    guard let bytes = try FileContents.standardInput(atMost: maximumLength) else {
      throw invalid("What comes on standard input is longer than 1 MiB")
    }
    return try account(in: bytes)
  }

  /// Reads the account in a file's contents.
  ///
  /// E-mail address, plan and identifiers come from the id token's claims, whose signature is not checked: the file is
  /// the operator's own.
  ///
  /// - Throws: `.invalidValue` naming the field that is missing, and never what the file holds.
  public static func account(in bytes: [UInt8]) throws(StoreError) -> ImportedAccount {
    guard let file = try? JSONReader.parse(bytes), file.objectValue != nil else {
      throw invalid("The file is not the JSON object that it should be")
    }
    guard let tokens = file["tokens"], tokens.objectValue != nil else {
      throw invalid("The file holds no login with ChatGPT (tokens)")
    }
    let idToken = try text("id_token", in: tokens)
    let accessToken = try text("access_token", in: tokens)
    let refreshToken = try text("refresh_token", in: tokens)
    guard let claims = IdentityClaims(idToken: idToken) else {
      throw invalid("The file's tokens.id_token is not a readable JSON Web Token")
    }
    guard let email = claims.email else {
      throw invalid("The file's tokens.id_token does not claim an e-mail address (email)")
    }
    return ImportedAccount(
      email: email, planType: claims.planType,
      chatGPTAccountID: claims.chatGPTAccountID ?? tokens["account_id"]?.stringValue.nonBlank,
      chatGPTUserID: claims.chatGPTUserID, workspaceID: claims.workspaceID, workspaceLabel: claims.workspaceLabel,
      seatType: claims.seatType, accessToken: Secret(accessToken), refreshToken: Secret(refreshToken),
      idToken: Secret(idToken), lastRefresh: file["last_refresh"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
  }

  private static func text(_ name: String, in tokens: JSONValue) throws(StoreError) -> String {
    guard let text = tokens[name]?.stringValue.nonBlank else {
      throw invalid("The file lacks tokens.\(name)")
    }
    return text
  }

  private static func invalid(_ cause: String) -> StoreError {
    StoreError(.invalidValue, cause + ". Run `codex login`, and import the auth.json that it writes.")
  }
}
