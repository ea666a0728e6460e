/// Gives other tasks their turn until the condition holds; for counters that nothing announces.
///
/// It gives up only when the task is cancelled, as it is at the suite's time limit.
public func until(_ condition: () -> Bool) async {
  while !condition(), !Task.isCancelled { await Task.yield() }
}
