import FleetClient
import Testing

@testable import FleetCommand

@Suite("The accounts that are named")
struct AccountSelectionTests {
  private let accounts: [FleetClient.Account]

  init() throws {
    accounts = try Fleets.decodedSummary(
      Fleets.summary(
        Fleets.account("a1", name: "work"), Fleets.account("a2", name: "twin"), Fleets.account("a3", name: "twin"),
        Fleets.account("a4", name: "a1"), Fleets.account("a5", name: "a5@example.com"))
    ).accounts
  }

  @Test(
    "are found by identifier, e-mail address or name, the identifier first, and are kept when they are not found",
    arguments: [
      ("a2", "a2"), ("A2@EXAMPLE.com", "a2"), ("work", "a1"), ("a1", "a1"), ("a5@example.com", "a5"), ("Work", "Work"),
      ("nope", "nope"),
    ])
  func found(given: String, id: String) throws {
    #expect(try AccountSelection([given], among: accounts).ids == [id])
  }

  @Test("are named by their identifiers where several are meant")
  func ambiguous() {
    let failure = #expect(throws: CommandFailure.self) { try AccountSelection(["work", "twin"], among: accounts) }
    #expect(failure?.status == .usage)
    #expect(failure?.message == "several accounts are called twin; give the identifier of one: a2, a3")
  }

  @Test("count once, whatever they are called, and are called missing as they were given")
  func once() throws {
    let selection = try AccountSelection(["work", "a1", "no\u{7}pe", "a2@example.com"], among: accounts)
    #expect(selection.ids == ["a1", "no\u{7}pe", "a2"])
    #expect(selection.missing(from: ["a1"]) == "not visible to this key: no?pe, a2@example.com")
    #expect(selection.missing(from: ["a1", "a2", "no\u{7}pe"]) == nil)
    #expect(AccountSelection.all.ids == nil && !AccountSelection.all.isNarrowed)
  }
}
