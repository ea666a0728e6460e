/// Guesses what was meant by a word that was mistyped, for whoever reads command lines or configuration files.
public enum Spelling {
  /// The known word that is nearest, three letters away at most; nil when none is.
  public static func nearest(to word: String, among known: [String]) -> String? {
    let nearest = known.map { (word: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= 3, nearest.distance < min(word.count, nearest.word.count) else { return nil }
    return nearest.word
  }

  /// How many letters have to be put in, left out or replaced, or be swapped with the next one, to get from one word to
  /// the other.
  private static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first.lowercased().prefix(64)), Array(second.lowercased()))
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
        var least = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[second.count]
  }
}
