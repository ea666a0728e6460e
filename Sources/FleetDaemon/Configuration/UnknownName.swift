/// A name that no setting has.
struct UnknownName {
  private let name: String

  init(_ name: String) { self.name = name }

  /// What is wrong with it: the nearest name if one is near, else all of them.
  var words: String {
    let known = SettingCatalogue.all.map(\.name)
    let nearest = known.map { (name: $0, distance: Self.distance(from: name, to: $0)) }.min {
      $0.distance < $1.distance
    }
    if let nearest, nearest.distance <= 3 {
      return "there is no setting \"\(name)\"; did you mean \(nearest.name)?"
    }
    return "there is no setting \"\(name)\"; there are \(known.joined(separator: ", "))"
  }

  /// How many letters have to be added, removed or changed to make one text of another.
  private static func distance(from left: String, to right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, letter) in left.prefix(64).enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let changed = diagonal + (letter == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
