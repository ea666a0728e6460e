import FleetTestSupport

@testable import Fleet

/// How a wait for a flight ended, in a form that tests can compare.
enum FlightResult: Hashable, Sendable {
  case value(Int)
  case refused(FlightRefusal)
}

extension Singleflight<String, Int> {
  /// Waits for the key's flight like `landing(for:work:)`.
  func result(for key: String, work: @escaping @Sendable () async -> Int) async -> FlightResult {
    do {
      return .value(try await landing(for: key, work: work).value)
    } catch {
      return .refused(error)
    }
  }

  /// Waits in a task of its own for the key's flight; the work passes the gate and returns `value`.
  func waiter(for key: String = "a", value: Int = 1, gate: Gate) -> Task<FlightResult, Never> {
    Task {
      await result(for: key) {
        await gate.pass()
        return value
      }
    }
  }
}
