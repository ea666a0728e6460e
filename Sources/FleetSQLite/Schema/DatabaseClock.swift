/// The database's own clock, for what is compared with what other processes wrote, and for when rows were made.
enum DatabaseClock {
  /// An SQL expression for the present instant in the stores' format.
  static let now = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
}
