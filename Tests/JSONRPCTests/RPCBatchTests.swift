import JSON
import JSONRPC
import Testing

@Suite("Batches")
struct RPCBatchTests {
  private static let call = #"{"jsonrpc":"2.0","id":1,"method":"m"}"#

  @Test("entries keep their order and are judged one by one")
  func mixed() {
    let message = decoded(
      #"[{"jsonrpc":"2.0","id":1,"method":"a"},1,[],{"jsonrpc":"2.0","method":"n"},{"id":"x"},[{"jsonrpc":"2.0","id":2,"method":"b"}]]"#
    )
    guard case .batch(let entries) = message, entries.count == 6 else {
      Issue.record("not a batch of 6")
      return
    }
    #expect(entries[0] == .request(RPCRequest(id: .integer(1), method: "a")))
    #expect(entries[3] == .request(RPCRequest(id: nil, method: "n")))
    for (index, expected) in [(1, .null), (2, .null), (4, .string("x")), (5, .null)] as [(Int, RPCID)] {
      guard case .invalid(let id, let error) = entries[index] else {
        Issue.record("entry \(index) was accepted")
        continue
      }
      #expect(id == expected)
      #expect(error.kind == .invalidRequest)
    }
  }

  @Test("up to 64 entries are a batch, 65 an invalid request", arguments: [1, 64, 65])
  func size(count: Int) {
    let message = decoded("[" + Array(repeating: Self.call, count: count).joined(separator: ",") + "]")
    switch message {
    case .batch(let entries): #expect(entries.count == count && count <= 64)
    case .invalid(.null, let error): #expect(error.kind == .invalidRequest && count == 65)
    default: Issue.record("neither a batch nor an invalid request")
    }
  }

  @Test("the answer to a batch is one line with the answers in order")
  func answers() {
    let line = RPCEncoder.batch([
      RPCEncoder.result(id: .integer(1), rawResult: Array("1".utf8)),
      RPCEncoder.error(id: .null, .invalidAPIKey),
      RPCEncoder.result(id: .integer(2), rawResult: Array("[]".utf8)),
    ])
    #expect(
      text(line)
        == #"[{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Invalid API key","data":{"code":"invalid_api_key","retryable":false}}},{"jsonrpc":"2.0","id":2,"result":[]}]"#
        + "\n")
  }

  @Test("a batch of notifications has no answer at all")
  func onlyNotifications() {
    #expect(RPCEncoder.batch([]).isEmpty)
  }
}
