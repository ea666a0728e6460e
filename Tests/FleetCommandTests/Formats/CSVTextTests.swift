import Testing

@testable import FleetCommand

@Suite("Comma-separated values")
struct CSVTextTests {
  @Test(
    "are quoted where they have to be",
    arguments: [
      ("plain text", "plain text"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "\"a\nb\""),
      ("a\r\nb", "\"a\r\nb\""), ("\"\u{301}", "\"\"\"\u{301}\""), ("", ""), ("山,田", "\"山,田\""),
    ])
  func quoting(text: String, field: String) { #expect(line(.text(text)) == field) }

  @Test(
    "are no formulas for a spreadsheet",
    arguments: [
      ("=1+1", "'=1+1"), ("+49", "'+49"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
      ("\r=1", "\"'\r=1\""), ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("a=1", "a=1"), ("1-2", "1-2"),
    ])
  func formulas(text: String, field: String) { #expect(line(.text(text)) == field) }

  @Test("have an empty field for what is unknown, and figures as they are")
  func others() {
    var csv = CSVText(["a", "b", "c"])
    csv.append([.text(nil), .plain(Double?.none), .plain(12.5)])
    #expect(csv.text == "a,b,c\r\n,,12.5\r\n")
  }

  private func line(_ cell: CSVText.Cell) -> String {
    var csv = CSVText([])
    csv.append([cell])
    return String(csv.text.dropFirst().dropLast())
  }
}
