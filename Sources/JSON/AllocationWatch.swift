internal import CJansson
internal import Glibc
internal import Synchronization

/// Notices when jansson is refused memory.
///
/// jansson itself drops single bytes of a string whose buffer cannot grow, and says nothing: a key or a login would
/// become another one.
enum AllocationWatch {
  fileprivate static let count = Atomic<Int>(0)

  private static let begin: Void = json_set_alloc_funcs(allocateForJansson, free)

  /// How often memory was refused so far, in the whole process. Asking for the first time begins the watch, which is to
  /// happen before jansson has been used.
  static var refusals: Int {
    _ = begin
    return count.load(ordering: .sequentiallyConsistent)
  }
}

private func allocateForJansson(_ size: Int) -> UnsafeMutableRawPointer? {
  let memory = malloc(size)
  if memory == nil { AllocationWatch.count.add(1, ordering: .sequentiallyConsistent) }
  return memory
}
