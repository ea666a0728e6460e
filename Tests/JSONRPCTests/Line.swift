import JSON
import JSONRPC

/// The message that one line of text turns out to be.
func decoded(_ line: String) -> RPCMessage { RPCMessage.decode(Array(line.utf8)) }

/// Bytes as text, for comparison.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
