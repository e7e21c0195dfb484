import Foundation
import RecordFixtures
import Records
import Sizing
import Testing

@testable import Reporting

@Suite struct EscapingTests {
  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
    ("-2+3", "'-2+3"),
    ("-", "-"), ("-12.5", "-12.5"), ("plain", "plain"), ("a,b", "a,b"), ("a\"b", "a\"\"b"),
  ])
  func noFieldOfACSVIsAFormula(text: String, expected: String) {
    let field = Escaping.csv(text)
    let inner = field.hasPrefix("\"") ? String(field.dropFirst().dropLast()) : field
    #expect(inner == expected)
  }

  @Test func fieldsWithCommasQuotesAndNewlinesStayOneField() {
    #expect(Escaping.csv("a,b") == "\"a,b\"")
    #expect(Escaping.csv("a\"b") == "\"a\"\"b\"")
    #expect(Escaping.csv("a\r\nb") == "a??b")
    // A quote with a combining mark is one Character but two scalars.
    #expect(Escaping.csv("a\"\u{301},b") == "\"a\"\"\u{301},b\"")
  }

  @Test func markdownShowsEveryCharacterAndActsOnNone() {
    #expect(Escaping.markdown("a|b") == "a\\|b")
    #expect(Escaping.markdown("[x](y) *z* `c` <b>") == "\\[x\\](y) \\*z\\* \\`c\\` &lt;b&gt;")
    #expect(Escaping.markdown("line\nbreak") == "line?break")
  }

  @Test func markupIsTextInHTMLAndXML() {
    #expect(Escaping.xml("<script>\"&'") == "&lt;script&gt;&quot;&amp;&#39;")
    #expect(Escaping.xml("\u{0}\u{8}\u{FFFE}") == "???")
  }

  @Test func terminalObeysNothing() {
    let text = TerminalText(usesColour: false).styled("\u{1B}[2J\u{9B}31m\u{202E}x")
    #expect(text == "?[2J?31m?x")
  }

  @Test func colourIsOnlyUsedIfAsked() {
    #expect(TerminalText(usesColour: true).styled("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
    #expect(TerminalText(usesColour: false).styled("x", .bad) == "x")
    #expect(TerminalText(usesColour: true).styled("x") == "x")
  }

  @Test(arguments: [
    ("abc", 3), ("", 0), ("日本", 4), ("e\u{301}", 1), ("\u{1F680}", 2), ("µs", 2), ("\u{200B}", 0), ("한글", 4),
    ("─", 1), ("☃\u{FE0F}", 2),
  ])
  func widthIsThatOfTheTerminal(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test func columnsAlignWhateverTheNames() {
    var table = Table([.init("name"), .init("n", .trailing)])
    for name in ["日本語", "plain", "e\u{301}", "\u{1B}[31m"] { table.append([.init(name), .init("1")]) }
    let lines = TerminalText(usesColour: false).table(table).split(separator: "\n").map(String.init)
    #expect(Set(lines.map(DisplayWidth.of)).count == 1)
  }

  @Test func missingValueIsADash() {
    #expect(Table.Cell(nil).text == "-")
  }

  @Test func dispensableColumnsGoFirstWhereRoomIsShort() {
    var table = Table([
      .init("a"), .init("bbbb", dispensability: 1), .init("cccc", dispensability: 2), .init("d"),
    ])
    table.append([.init("1"), .init("2"), .init("3"), .init("4")])
    let terminal = TerminalText(usesColour: false)
    // 1 + 4 + 4 + 1 and three gaps of 2.
    #expect(terminal.table(table, width: 16).contains("cccc"))
    #expect(
      terminal.table(table, width: 15)
        == "a  bbbb  d\n─  ────  ─\n1  2     4\nNot shown for want of width: cccc.\n")
    #expect(terminal.table(table, width: 1).hasPrefix("a  d\n"))
  }

  /// A model, variant and profile named to break every format, in every format.
  @Test func hostileNamesBreakNoFormat() throws {
    let hostile = "=<script>alert(1)</script>|\"'&\n\u{1B}[31m]]>"
    var record = RunRecord.sample(variant: hostile)
    record.model.name = hostile
    record.profile.id = hostile
    let decision = SizingDecision(records: [record], requirements: try .parse(latency: "p90<=50ms"))
    let report = try #require(SizingReport(records: [record], decision: decision))

    for text in [
      report.terminalText(usesColour: false), SizingReport.terminalTable([report], usesColour: false),
      SizingReport.markdown([report], title: hostile), SizingReport.csv([report]),
      SizingReport.html([report], title: hostile), SizingReport.junit([report]),
    ] {
      #expect(!text.contains("\u{1B}"))
    }
    #expect(!SizingReport.html([report], title: hostile).contains("<script"))
    #expect(!SizingReport.markdown([report], title: hostile).contains("<script"))
    #expect(SizingReport.csv([report]).split(separator: "\r\n").count == 2)
    #expect(!SizingReport.csv([report]).contains(",="))
    let json = try SizingReport.json([report])
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let first = (object["reports"] as? [[String: Any]])?.first
    #expect((first?["model"] as? [String: Any])?["name"] as? String == hostile)
    for xml in [SizingReport.junit([report])] { try expectWellFormed(xml) }
  }

  /// Tags nest and no stray '<', '&' or quote is left in the text: enough for what this project writes.
  private func expectWellFormed(_ xml: String) throws {
    var open: [String] = []
    var rest = Substring(xml)
    while let start = rest.firstIndex(of: "<") {
      let text = rest[..<start]
      #expect(!text.contains(">") && !text.replacing(#/&(amp|lt|gt|quot|#39);/#, with: "").contains("&"))
      let end = try #require(rest[start...].firstIndex(of: ">"))
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("?") || tag.hasSuffix("/") { continue }
      if tag.hasPrefix("/") {
        #expect(open.popLast() == String(tag.dropFirst()))
      } else {
        #expect(tag.count { $0 == "\"" }.isMultiple(of: 2))
        open.append(String(tag.prefix { $0 != " " }))
      }
    }
    #expect(open.isEmpty)
  }
}
