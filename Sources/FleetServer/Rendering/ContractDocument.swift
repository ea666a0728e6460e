internal import JSON
internal import RPCSchema

/// The contract as `rpc.discover` returns it.
enum ContractDocument {
  /// The document on one line.
  static let bytes: [UInt8] = {
    // It is compiled in and read by the tests; were it no JSON, nothing would be the honest answer.
    (try? JSONReader.parse(RPCSchema.document).serialized()) ?? Array("null".utf8)
  }()
}
