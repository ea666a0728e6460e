/// Whoever reads a subscription: when it goes, the subscription ends.
final class SubscriptionReader: Sendable {
  private let subscription: Subscription

  init(_ subscription: Subscription) { self.subscription = subscription }

  /// The next change.
  func next() async throws -> FleetClient.Change { try await FleetClient.Change(subscription.next()) }

  deinit { subscription.close() }
}
