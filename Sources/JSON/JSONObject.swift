@_exported public import OrderedCollections

/// The members of a JSON object in the order they were received or added.
///
/// Keys are unique. Two objects are equal when they hold equal members in the same order.
/// `OrderedCollections` is re-exported so that whoever imports `JSON` can use the members of this type.
public typealias JSONObject = OrderedDictionary<String, JSONValue>
