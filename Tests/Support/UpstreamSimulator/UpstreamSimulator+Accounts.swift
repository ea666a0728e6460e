internal import JSON
internal import NIOConcurrencyHelpers

extension UpstreamSimulator {
  /// Adds an account, or replaces the one with the same `id` (which keeps its tokens).
  public func add(_ account: SimulatedAccount) {
    state.withLockedValue { state in
      state.accounts[account.id] = account
      if state.tokens.tokens(of: account.id) == nil { state.tokens.issue(to: account.id) }
    }
  }

  /// Changes what the usage call answers; does nothing for an unknown account.
  public func setUsage(_ usage: SimulatedAccount.Usage, of account: String) {
    state.withLockedValue { $0.accounts[account]?.usage = usage }
  }

  /// Changes the plan in usage and id token; does nothing for an unknown account.
  public func setPlan(_ plan: String, of account: String) {
    state.withLockedValue { $0.accounts[account]?.plan = plan }
  }

  /// Changes the workspace that usage names; does nothing for an unknown account.
  public func setWorkspace(_ workspace: SimulatedAccount.Workspace?, of account: String) {
    state.withLockedValue { $0.accounts[account]?.workspace = workspace }
  }

  /// The access token issued last; empty for an unknown account.
  public func accessToken(of account: String) -> String {
    state.withLockedValue { $0.tokens.tokens(of: account)?.access ?? "" }
  }

  /// The refresh token issued last; empty for an unknown account.
  public func refreshToken(of account: String) -> String {
    state.withLockedValue { $0.tokens.tokens(of: account)?.refresh ?? "" }
  }

  /// The id token, an unsigned JSON web token; empty for an unknown account.
  public func idToken(of account: String) -> String {
    state.withLockedValue { $0.accounts[account]?.idToken ?? "" }
  }

  /// Makes every access token that the account has got so far answer with 401 `unauthorized`.
  public func expireAccessToken(of account: String) {
    state.withLockedValue { $0.tokens.expireAccessTokens(of: account) }
  }

  /// The exchanges that brought new tokens, in order.
  public var exchanges: [SimulatedExchange] { state.withLockedValue { $0.exchanges } }

  /// The refresh tokens that were presented again after they had been used.
  public var reusedTokens: Set<String> { state.withLockedValue { $0.reusedTokens } }

  /// Whether a refresh token was presented before, so that presenting it would close its account.
  public func isUsed(_ refreshToken: String) -> Bool { state.withLockedValue { $0.tokens.isUsed(refreshToken) } }

  /// Whether anybody has asked for usage with the access token that came with a refresh token.
  public func wasAskedForUsage(withTokensOf refreshToken: String) -> Bool {
    state.withLockedValue { state in
      state.tokens.accessToken(issuedWith: refreshToken).map { state.usedAccessTokens.contains($0) } ?? false
    }
  }

  /// Gives an account new tokens, as a new login would, and opens it again if it was closed.
  public func signIn(_ account: String) { state.withLockedValue { $0.tokens.signIn(account) } }

  /// Whether the account was closed because a used refresh token was presented.
  public func isDead(_ account: String) -> Bool {
    state.withLockedValue { $0.tokens.dead.contains(account) }
  }

  /// The account's credentials in the form of the Codex CLI's `auth.json`.
  public func authJSON(for account: String) -> String {
    let text: JSONValue = [
      "OPENAI_API_KEY": .null,
      "tokens": [
        "id_token": .string(idToken(of: account)), "access_token": .string(accessToken(of: account)),
        "refresh_token": .string(refreshToken(of: account)),
        "account_id": .string(state.withLockedValue { $0.accounts[account]?.chatGPTAccountID ?? "" }),
      ],
      "last_refresh": "2026-01-01T00:00:00Z",
    ]
    return String(decoding: text.serialized(pretty: true), as: UTF8.self)
  }
}
