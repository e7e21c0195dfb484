import Foundation
import Testing

/// Help screens, whole: `make docs` writes them anew where a change is meant.
@Suite struct HelpTests {
  static let folder = "\(EdgebenchProcess.repository)/Tests/EdgebenchTests/Help"

  static let screens: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .sorted()

  @Test(arguments: screens) func helpIsAsCommitted(screen: String) throws {
    let words = screen.dropLast(".txt".count).split(separator: "-").dropFirst().map(String.init)
    let result = try EdgebenchProcess.run(words + ["--help"], in: Scratch())
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(result.output == (try String(contentsOfFile: "\(Self.folder)/\(screen)", encoding: .utf8)))
  }

  @Test func everySubcommandHasAScreen() throws {
    let help = try EdgebenchProcess.run(["--help"], in: Scratch()).output
    let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
    let names = list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 != "See" }
    #expect(names.count > 8)
    for name in names { #expect(Self.screens.contains("edgebench-\(name).txt")) }
  }
}
