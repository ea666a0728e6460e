internal import FleetSocket

/// A name that no setting has.
struct UnknownName {
  private let name: String

  init(_ name: String) { self.name = name }

  /// What is wrong with it: the nearest name if one is near, else all of them.
  var words: String {
    let known = SettingCatalogue.all.map(\.name)
    if let nearest = Spelling.nearest(to: name, among: known) {
      return "there is no setting \"\(name)\"; did you mean \(nearest)?"
    }
    return "there is no setting \"\(name)\"; there are \(known.joined(separator: ", "))"
  }
}
