internal import JSON
internal import NIOConcurrencyHelpers

/// The open subscriptions of a connection by their names, to whom changes are passed on.
final class SubscriptionTable: Sendable {
  private struct Books {
    var open: [String: Subscription] = [:]
    /// Why there are no more changes.
    var end: FleetClient.Failure?
  }

  private let books = NIOLockedValueBox(Books())

  /// The daemon has begun a subscription; returns what is wrong with the connection, if it cannot go on.
  func open(_ subscription: Subscription, _ result: JSONValue) -> FleetClient.Failure? {
    let name: String
    let snapshot: ChangeBacklog
    do throws(FleetClient.Failure) {
      name = try ResultReader(result, of: "result").string("subscription")
      snapshot = try ChangeBacklog(result.objectValue ?? [:])
    } catch {
      subscription.end(error)
      return error
    }
    let end = books.withLockedValue { books in
      if books.end == nil { books.open[name] = subscription }
      return books.end
    }
    if let end { subscription.end(end) } else { subscription.opened(as: name, with: snapshot) }
    return nil
  }

  /// Passes a `fleet.changed` on; returns what is wrong with the connection, if it cannot go on.
  ///
  /// One that nobody reads any more may still be told of something that was on its way.
  func changed(_ params: JSONObject) -> FleetClient.Failure? {
    guard let name = params["subscription"]?.stringValue else {
      return .protocolViolation("a change without the name of its subscription")
    }
    guard let subscription = books.withLockedValue({ $0.open[name] }) else { return nil }
    if let reason = params["closed"] {
      forget(name)
      subscription.end(FleetClient.Failure.subscriptionEnded(reason: reason.stringValue ?? "no reason given"))
      return nil
    }
    do throws(FleetClient.Failure) {
      subscription.changed(try ChangeBacklog(params))
      return nil
    } catch {
      return error
    }
  }

  /// Passes nothing on to a subscription any more.
  func forget(_ name: String) { books.withLockedValue { $0.open[name] = nil } }

  /// Tells everyone that nothing more will come, now and later.
  func end(_ failure: FleetClient.Failure) {
    let open = books.withLockedValue { books in
      defer { books.open = [:] }
      books.end = books.end ?? failure
      return books.open.values.map(\.self)
    }
    for subscription in open { subscription.end(failure) }
  }
}
