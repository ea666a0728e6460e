internal import Fleet
internal import GRDB
internal import NIOConcurrencyHelpers

/// Decides whether a codex-lb store may be written.
///
/// Asked before each session, because a codex-lb that is updated migrates its store under a running daemon.
final class SchemaGate: Sendable {
  /// The Alembic revisions with which writing was tested.
  static let testedRevisions: Set<String> = ["20260816_000000_add_model_source_embeddings"]

  private struct Verdict {
    let schemaVersion: Int64
    let revisions: Set<String>
    let refusal: StoreError?
  }

  private let allowsUntestedSchema: Bool
  private let lastVerdict = NIOLockedValueBox<Verdict?>(nil)

  /// - Parameter allowsUntestedSchema: whether the operator takes the risk.
  init(allowsUntestedSchema: Bool) { self.allowsUntestedSchema = allowsUntestedSchema }

  /// Returns when the store may be written.
  ///
  /// - Throws: `.unsupportedSchema` naming the missing column or the revision.
  func requireWritable(_ db: Database, path: String) throws {
    guard !allowsUntestedSchema else { return }
    let schemaVersion = try Int64.fetchOne(db, sql: "PRAGMA schema_version") ?? 0
    let revisions = try Set(String.fetchAll(db, sql: "SELECT version_num FROM alembic_version"))
    let known = lastVerdict.withLockedValue { $0 }
    let verdict: Verdict
    if let known, known.schemaVersion == schemaVersion, known.revisions == revisions {
      verdict = known
    } else {
      verdict = Verdict(
        schemaVersion: schemaVersion, revisions: revisions, refusal: try refusal(db, revisions, path: path))
      lastVerdict.withLockedValue { $0 = verdict }
    }
    if let refusal = verdict.refusal { throw refusal }
  }

  private func refusal(_ db: Database, _ revisions: Set<String>, path: String) throws -> StoreError? {
    let needed = NeededColumns.reading + NeededColumns.refreshing
    if let missing = try SchemaCheck.firstMissing(of: needed, db) { return SchemaCheck.error(missing, path: path) }
    guard !revisions.isEmpty, revisions.isSubset(of: Self.testedRevisions) else {
      let names = revisions.isEmpty ? "none" : revisions.sorted().joined(separator: ", ")
      return StoreError(
        .unsupportedSchema,
        "Usage is not written to the store \(path): its schema revision (\(names)) was not tested with this program. "
          + "Update the program, or take the risk with --allow-untested-schema on.")
    }
    return nil
  }
}
