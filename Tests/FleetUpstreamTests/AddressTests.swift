import Fleet
import Testing

@testable import FleetUpstream

@Suite("the upstream's address")
struct AddressTests {
  @Test(
    "the usage call's address is made of a base address",
    arguments: [
      ("https://chatgpt.com/backend-api", "https://chatgpt.com/backend-api/wham/usage"),
      ("https://chatgpt.com/backend-api///", "https://chatgpt.com/backend-api/wham/usage"),
      ("https://chatgpt.com", "https://chatgpt.com/backend-api/wham/usage"),
      ("https://chatgpt.com/", "https://chatgpt.com/backend-api/wham/usage"),
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080/backend-api/wham/usage"),
      ("http://[::1]:8080/x", "http://[::1]:8080/x/backend-api/wham/usage"),
      ("https://host/proxy/backend-api/v2", "https://host/proxy/backend-api/v2/wham/usage"),
      ("https://host/my-backend-api", "https://host/my-backend-api/backend-api/wham/usage"),
      ("HTTPS://Host", "HTTPS://Host/backend-api/wham/usage"),
      ("http://backend-api", "http://backend-api/backend-api/wham/usage"),
    ])
  func accepted(_ base: String, _ expected: String) throws {
    #expect(try UsageEndpoint.usageURL(base) == expected)
  }

  @Test(
    "an address that cannot be used is refused with the cure",
    arguments: [
      "", "chatgpt.com", "ftp://host", "file:///etc/passwd", "https://", "https:///path", "http://:80",
      "https://host name", "https://host\r\nX: 1", "https://höst", "https://host?x=1", "https://host/#part",
      "https://user:password@host", "https://token@host/backend-api", " https://host",
    ])
  func refused(_ base: String) {
    #expect {
      try UsageEndpoint.usageURL(base)
    } throws: { error in
      let text = "\(error)"
      return error is InvalidAddress && text.contains("--upstream-url") && !text.contains("password@")
    }
  }
}
