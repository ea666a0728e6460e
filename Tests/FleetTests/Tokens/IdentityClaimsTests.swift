import Testing

@testable import Fleet

@Suite("Claims of an id token")
struct IdentityClaimsTests {
  private let claims = IdentityClaims(
    email: "a@example.com", planType: "pro", workspaceID: "w", workspaceLabel: "Us", seatType: "seat")

  @Test("a claimed workspace fills an empty place", arguments: [nil, "", " "])
  func fills(bound: String?) {
    #expect(claims.admissible(to: bound, slotIsTaken: false) == claims)
  }

  @Test("the account's own workspace may be claimed, whoever else seems to have it")
  func same() {
    #expect(claims.admissible(to: "w", slotIsTaken: true) == claims)
  }

  @Test(
    "another workspace is never replaced, and a taken one not filled in; name and seat stay with it",
    arguments: [("v", false), ("v", true), (nil, true), ("", true)])
  func refused(bound: String?, isTaken: Bool) {
    let admitted = claims.admissible(to: bound, slotIsTaken: isTaken)
    #expect(admitted == IdentityClaims(email: "a@example.com", planType: "pro"))
  }

  @Test("name and seat without a workspace are the account's")
  func withoutWorkspace() {
    var claims = claims
    claims.workspaceID = nil
    #expect(claims.admissible(to: "v", slotIsTaken: false) == claims)
  }
}
