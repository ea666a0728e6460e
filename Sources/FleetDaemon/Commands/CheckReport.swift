/// The findings of a check, printed as they come.
struct CheckReport {
  /// Something that is wrong.
  struct Fault: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  /// Whether nothing wrong was found.
  private(set) var isClean = true

  /// Prints a finding.
  mutating func add(_ subject: String, _ finding: Result<String, Fault>) throws(OutputError) {
    let label = subject.padding(to: 15)
    switch finding {
    case .success(let text):
      try StandardStream.write("ok      \(label)\(text)\n")
    case .failure(let fault):
      isClean = false
      try StandardStream.write("failed  \(label)\(fault.text)\n")
    }
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
