/// The contract of the wire protocol, as it lies beside this file.
public enum RPCSchema {
  /// The OpenRPC document, as a JSON text.
  public static var document: [UInt8] { PackageResources.openrpc_json }
}
