package import Glibc

/// A terminal behind which there is no person but a test.
package final class PseudoTerminal: Sendable {
  package struct Unavailable: Error {}

  /// The side of the programs.
  package let programs: Int32
  /// The side of the person.
  package let person: Int32

  package init(columns: Int = 80, rows: Int = 24) throws {
    var size = Self.size(columns, rows)
    var ends: (person: Int32, programs: Int32) = (-1, -1)
    guard openpty(&ends.person, &ends.programs, nil, nil, &size) == 0 else { throw Unavailable() }
    (person, programs) = ends
    for end in [person, programs] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  /// Its path.
  package var name: String {
    var name = [CChar](repeating: 0, count: 64)
    guard ttyname_r(programs, &name, name.count) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    close(programs)
    close(person)
  }

  /// Gives it another size; the programs on it are told.
  package func resize(columns: Int, rows: Int) {
    var size = Self.size(columns, rows)
    _ = ioctl(person, UInt(TIOCSWINSZ), &size)
  }

  /// Types, or pastes, a text.
  package func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(person, bytes, bytes.count)
  }

  /// What the programs have written; nothing when there is nothing more to be read now.
  package func read() -> [UInt8] {
    var state = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
    guard poll(&state, 1, 0) == 1 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    return Array(bytes[..<max(0, Glibc.read(person, &bytes, bytes.count))])
  }

  /// How many bytes were typed that no program has read.
  package var unreadKeys: Int32 {
    var count: Int32 = 0
    _ = ioctl(programs, UInt(FIONREAD), &count)
    return count
  }

  /// Whether programs can write nothing more until something is read.
  package var isFull: Bool {
    var state = pollfd(fd: programs, events: Int16(POLLOUT), revents: 0)
    return poll(&state, 1, 0) == 0
  }

  /// Its settings.
  package var settings: termios {
    get {
      var settings = termios()
      tcgetattr(programs, &settings)
      return settings
    }
    set {
      var settings = newValue
      tcsetattr(programs, TCSANOW, &settings)
    }
  }

  /// Whether it echoes what is typed, and hands it over line by line, as a shell leaves it to its programs.
  package var isCooked: Bool { settings.c_lflag & UInt32(ICANON | ECHO | ISIG) == UInt32(ICANON | ECHO | ISIG) }

  private static func size(_ columns: Int, _ rows: Int) -> winsize {
    winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
  }
}
