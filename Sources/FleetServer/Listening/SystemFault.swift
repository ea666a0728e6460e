internal import Glibc

/// An error number of the operating system, with the words that go with it.
struct SystemFault: Error, Hashable, CustomStringConvertible {
  let number: Int32

  /// The error of the system call that has just failed.
  static var last: SystemFault { SystemFault(number: errno) }

  var description: String {
    var text = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
