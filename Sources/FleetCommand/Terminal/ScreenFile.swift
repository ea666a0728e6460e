internal import Glibc

/// A terminal to draw on, whose writes never block, however little of it is read.
///
/// What it does is safe in a signal handler, except for opening it.
struct ScreenFile: Sendable {
  private let file: Int32
  /// How many bytes can be written at a time without waiting, when there is room at all.
  private let atOnce: Int
  private let isOwn: Bool

  /// Opens a terminal a second time: whoever shares the first opening, such as the shell, should not find it
  /// non-blocking.
  ///
  /// - Parameter reopens: false for a terminal that cannot be opened, as when it is another user's.
  init(_ file: Int32, reopens: Bool = true) {
    let own = reopens ? open("/proc/self/fd/\(file)", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1
    isOwn = own >= 0
    self.file = isOwn ? own : file
    // Of the first opening it is only known that one byte has room when any has.
    atOnce = isOwn ? .max : 1
  }

  /// Closes what was opened.
  func close() {
    if isOwn { Glibc.close(file) }
  }

  /// Writes what there is room for, after waiting for room a while.
  ///
  /// - Returns: how many bytes; nil when nothing can be written any more, for the reason in `errno`.
  func write(_ bytes: UnsafeRawBufferPointer, waiting milliseconds: Int32) -> Int? {
    var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return 0 }
    let written = Glibc.write(file, bytes.baseAddress, min(bytes.count, atOnce))
    if written >= 0 { return written }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Writes what is the last, at the cost of what was written before and nobody has read yet.
  func writeLast(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    var hasFlushed = false
    while rest.count > 0, let written = write(rest, waiting: hasFlushed ? 0 : 100) {
      if written == 0 {
        guard !hasFlushed else { return }
        hasFlushed = true
        tcflush(file, TCOFLUSH)
      }
      // Without ranges, whose types may have to be made at their first use.
      rest = UnsafeRawBufferPointer(start: rest.baseAddress.map { $0 + written }, count: rest.count - written)
    }
  }
}
