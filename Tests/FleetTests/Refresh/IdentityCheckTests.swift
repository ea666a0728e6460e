import Testing

@testable import Fleet

@Suite("Identity check")
struct IdentityCheckTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var plan: String
    var bound: String?
    var reportedPlan: String?
    var named: String?
    var verdict: IdentityCheck.Verdict

    init(
      _ name: String, plan: String = "plus", bound: String? = nil, reports reportedPlan: String? = "plus",
      named: String? = nil, _ verdict: IdentityCheck.Verdict
    ) {
      testDescription = name
      self.plan = plan
      self.bound = bound
      self.reportedPlan = reportedPlan
      self.named = named
      self.verdict = verdict
    }
  }

  @Test(
    "a payload is accepted only for the account it is about",
    arguments: [
      Case("same plan, no workspaces", .accepted),
      Case("the same plan in other letters", plan: "pro", reports: " PRO ", .accepted),
      Case("no plan reported", reports: nil, .accepted),
      Case("an empty plan reported", bound: "w", reports: "", .accepted),
      Case("the same workspace", bound: "w", named: "w", .accepted),
      Case("the same workspace, another plan", bound: "w", reports: "free", named: "w", .accepted),
      Case("another workspace", bound: "w", named: "v", .rejected),
      Case("another workspace in other letters", bound: "w", named: "W", .rejected),
      Case("a workspace for an account that has none", named: " w ", .adoptsWorkspace("w")),
      Case("a workspace for an account with an empty one", bound: "", named: "w", .adoptsWorkspace("w")),
      Case(
        "a workspace and another plan for an account that has none", reports: "free", named: "w", .adoptsWorkspace("w")),
      Case("an empty workspace names none", bound: "w", named: "", .accepted),
      Case("paid to paid", reports: "pro", .accepted),
      Case("free to paid", plan: "free", reports: "team", .accepted),
      Case("some unknown plan to paid", plan: "gold", reports: "plus", .accepted),
      Case("never learnt to paid", plan: "", reports: "plus", .accepted),
      Case("never learnt to paid, in a workspace", plan: "unknown", bound: "w", reports: "plus", .accepted),
      Case("paid to paid in a workspace", bound: "w", reports: "pro", .rejected),
      Case(
        "some unknown plan to paid in a workspace", plan: "gold", bound: "w", reports: "pro",
        .rejected),
      Case("paid to free", reports: "free", .needsConfirmation),
      Case("never learnt to free", plan: "", reports: "free", .rejected),
      Case("paid to free in a workspace", bound: "w", reports: "free", .rejected),
      Case("some unknown plan to free", plan: "gold", reports: "free", .rejected),
      Case("paid to some unknown plan", reports: "gold", .rejected),
      Case("free to some unknown plan", plan: "free", reports: "gold", .rejected),
      Case("never learnt to some unknown plan", plan: "", reports: "gold", .rejected),
    ])
  func verdicts(row: Case) {
    let account = Account.sample(plan: row.plan, workspaceID: row.bound)
    let payload = UsagePayload(planType: row.reportedPlan, workspaceID: row.named)
    #expect(IdentityCheck.verdict(on: payload, for: account) == row.verdict)
  }
}
