/// Identifiers that nobody can guess, written as random UUIDs.
enum RandomIdentifier {
  private static let groups = [8, 4, 4, 4, 12]

  /// Makes a new one: a UUID of version 4.
  static func make() -> String {
    var bytes = Fernet.randomBytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    var digits = bytes.flatMap { byte in
      [byte >> 4, byte & 0x0F].map { String($0, radix: 16) }
    }[...]
    return groups.map { length in
      defer { digits = digits.dropFirst(length) }
      return digits.prefix(length).joined()
    }.joined(separator: "-")
  }
}
