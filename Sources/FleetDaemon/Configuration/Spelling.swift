/// Guesses what was meant by a word that was mistyped.
enum Spelling {
  /// The known word that is nearest; nil when none is near.
  static func nearest(to word: String, among known: [String]) -> String? {
    let nearest = known.map { (word: $0, distance: distance(from: word, to: $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= 3, nearest.distance < min(word.count, nearest.word.count) else { return nil }
    return nearest.word
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
