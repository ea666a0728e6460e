internal import Glibc

/// The files that systemd hands to the service with `LoadCredential=`.
struct Credentials {
  private let directory: String?

  /// Looks for systemd's directory of credentials in the environment.
  init(_ environment: [String: String]) {
    directory = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path of the credential `encryption.key`; nil when there is none.
  var encryptionKeyPath: String? {
    guard let path = directory.map({ $0 + "/encryption.key" }), access(path, F_OK) == 0 else { return nil }
    return path
  }
}
