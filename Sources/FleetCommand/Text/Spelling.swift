/// Finds what somebody meant to type.
enum Spelling {
  /// The word that differs least from what was typed, by two letters at most; nil when none is that near.
  static func nearest(to typed: String, among words: [String]) -> String? {
    let distances = words.map { (word: $0, distance: distance(typed, $0)) }
    return distances.filter { $0.distance <= 2 && $0.distance < $0.word.count / 2 }.min { $0.distance < $1.distance }?
      .word
  }

  /// How many letters have to be put in, left out or replaced, or be swapped with the next one, to get from one word to
  /// the other.
  private static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first.lowercased()), Array(second.lowercased()))
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
