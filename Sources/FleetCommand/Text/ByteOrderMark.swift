/// The mark that some editors put before a text in UTF-8; it is no part of the text.
enum ByteOrderMark {
  /// The bytes behind the mark; all of them where there is none.
  static func skipped(in bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }
}
