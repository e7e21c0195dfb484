import Foundation
import Records
import Reporting
import Testing

@Suite struct SustainedPlotTests {
  private func load(temperature: Bool = true, windows: Int = 100) -> SustainedLoad {
    SustainedLoad(
      windows: (0..<windows).map { index in
        let start = Int64(index) * 6_000_000_000
        let median = 40_000_000 + Int64(index) * 100_000
        return .init(
          startNanoseconds: start, endNanoseconds: start + 6_000_000_000, count: 10,
          medianNanoseconds: median,
          p90Nanoseconds: median + 1_000_000, maximumNanoseconds: median * 2,
          clockHertz: 1_500_000_000 - Int64(index) * 3_000_000,
          temperature: temperature ? 50 + Double(index) / 4 : nil)
      })
  }

  /// The points of each curve in `svg`, by its class.
  private func curves(_ svg: String) throws -> [String: [(x: Double, y: Double)]] {
    var curves: [String: [(x: Double, y: Double)]] = [:]
    for match in svg.matches(of: /<polyline class="(\w+)" points="([^"]*)"/) {
      curves[String(match.1)] = match.2.split(separator: " ").compactMap { point in
        let parts = point.split(separator: ",").compactMap { Double($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
      }
    }
    return curves
  }

  @Test func everyWindowIsAPointAndWhatRisesIsDrawnRising() throws {
    let curves = try curves(try #require(SustainedPlot(title: "m", load: load()).svg))
    #expect(Set(curves.keys) == ["median", "p90", "heat", "clock"])
    for (name, points) in curves {
      #expect(points.count == 100, "\(name)")
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x }, "\(name)")
    }
    // Downwards is larger in SVG.
    #expect(try #require(curves["median"]?.last?.y) < #require(curves["median"]?.first?.y))
    #expect(try #require(curves["heat"]?.last?.y) < #require(curves["heat"]?.first?.y))
    #expect(try #require(curves["clock"]?.last?.y) > #require(curves["clock"]?.first?.y))
  }

  @Test func unknownTemperatureHasNoPanel() throws {
    let svg = try #require(SustainedPlot(title: "m", load: load(temperature: false)).svg)
    #expect(try curves(svg)["heat"] == nil)
  }

  @Test func titleCannotEndTheElement() throws {
    let svg = try #require(SustainedPlot(title: "</text><script>x</script>", load: load()).svg)
    #expect(!svg.contains("<script"))
  }

  @Test func oneWindowIsNoCurve() { #expect(SustainedPlot(title: "m", load: load(windows: 1)).svg == nil) }

  @Test func summaryHoldsTheFirstMinuteAgainstTheLast() {
    #expect(
      SustainedPlot(title: "m", load: load()).summary
        == "first minute 40.4 ms at 52 \u{B0}C, last minute 49.4 ms at 75 \u{B0}C: 22 % slower")
  }
}
