internal import Fleet
internal import JSON
internal import JSONRPC

extension CallFailure {
  /// What the trouble with a key means on the wire.
  init(_ failure: FleetService.AuthenticationFailure) {
    switch failure {
    case .refused(.invalidKey): self = .unauthenticated(.invalidAPIKey)
    case .refused(.expiredKey): self = .unauthenticated(.apiKeyExpired)
    case .storeUnavailable(let error): self.init(error)
    }
  }

  /// What the store's trouble means on the wire: either the store is out of order, or we used it wrongly.
  init(_ error: StoreError) {
    switch error.code {
    case .busy, .full, .readOnly, .missing, .permission, .corrupt, .keyMismatch, .unsupportedSchema, .locked,
      .inputOutput:
      self = .refused(.storeUnavailable("Store unavailable: \(error.message)"))
    case .undecryptable, .managedElsewhere, .notFound, .invalidValue, .sessionClosed:
      self = .unexpected("store: \(error.code.rawValue): \(error.message)")
    }
  }

  /// What a refusal to refresh means on the wire.
  init(_ refusal: RefreshRefusal) {
    switch refusal {
    case .draining(let outcomes):
      let list = outcomes.map { JSONValue.object($0.jsonObject) }
      self = .refused(.serviceUnavailable(details: ["outcomes": .array(list)]))
    case .overloaded:
      self = .refused(.overloaded("Too many refreshes run already, try again later"))
    case .storeUnavailable(let error):
      self.init(error)
    case .waitCancelled:
      self = Task.isCancelled ? .abandoned : .unexpected("the wait for a refresh ended although nobody cancelled it")
    }
  }
}
