/// Gives other tasks their turn until the condition holds; for counters that nothing announces.
///
/// It never gives up: the suite's time limit does.
public func until(_ condition: () -> Bool) async {
  while !condition() { await Task.yield() }
}
