/// The further groups of the process at the other end of a connection, as the kernel knew them when it was made.
///
/// The layout is what `SO_PEERGROUPS` answers with, in a buffer that was all zero before. A process in more groups than
/// there is room for counts as being in none.
struct PeerGroups {
  private static let capacity = 1_024

  private var numbers: InlineArray<1_024, UInt32>

  /// A process with these further groups, of which only as many count as there is room for.
  init(_ groups: [UInt32] = []) {
    numbers = InlineArray(repeating: 0)
    for (index, group) in groups.prefix(Self.capacity).enumerated() { numbers[index] = group }
  }

  /// Whether one of them is in a list. Group 0 is not found: it cannot be told from what was not filled in.
  func contains(anyOf groups: Set<UInt32>) -> Bool {
    numbers.indices.contains { numbers[$0] != 0 && groups.contains(numbers[$0]) }
  }
}
