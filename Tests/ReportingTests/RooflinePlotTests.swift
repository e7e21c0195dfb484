import Foundation
import Reporting
import Testing

@Suite struct RooflinePlotTests {
  private static func layer(_ name: String, operations: Double, bytes: Double = 1e4) -> RooflinePlot.Layer {
    RooflinePlot.Layer(
      name: name, operations: operations, bytes: bytes, nanoseconds: 1e5, bound: .compute)
  }

  private static func plot(_ layers: [RooflinePlot.Layer]) -> RooflinePlot {
    RooflinePlot(
      title: "m on <board>",
      roofs: [
        .init(.operations, name: "peak", perSecond: 1e10), .init(.bytes, name: "memory", perSecond: 1e9),
        .init(.bytes, name: "unknown", perSecond: 0),
      ], layers: layers)
  }

  @Test func everyLayerWithProductsIsACircleInsideTheFrame() throws {
    // A layer a million times slower than the fastest lies below the frame's four decades: it is drawn on the edge.
    let layers =
      [1e9, 1e6, 1e3].map { Self.layer("l\($0)", operations: $0) } + [Self.layer("add", operations: 0)]
    let svg = try #require(Self.plot(layers).svg())
    let circles = svg.matches(
      of:
        #/<circle cx="([0-9.]+)" cy="([0-9.]+)" r="[0-9.]+" fill="[^"]+" fill-opacity="0.45" stroke="[^"]+"><title>/#
    )
    #expect(circles.count == 3)
    for circle in circles {
      let (x, y) = (try #require(Double(circle.1)), try #require(Double(circle.2)))
      #expect((80...720).contains(x) && (44...444).contains(y), "\(x), \(y)")
    }
    #expect(svg.contains("Not drawn: 1 layers without products, 25 % of the time"))
    #expect(!svg.contains("unknown"))
  }

  @Test func namesFromFilesAreEscaped() throws {
    let svg = try #require(Self.plot([Self.layer("<script>\"&", operations: 1e6)]).svg())
    #expect(!svg.contains("<script>") && !svg.contains("<board>"))
    #expect(XMLDocumentCheck.isWellFormed(svg))
  }

  @Test func aModelWithoutProductsHasNoPicture() {
    #expect(Self.plot([Self.layer("add", operations: 0)]).svg() == nil)
    #expect(Self.plot([]).svg() == nil)
  }
}

/// Whether tags close in the order in which they opened.
private enum XMLDocumentCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for tag in text.matches(of: #/<(/?)([a-z]+)[^<>]*?(/?)>/#) {
      if tag.1 == "/" {
        if open.popLast() != tag.2 { return false }
      } else if tag.3.isEmpty {
        open.append(tag.2)
      }
    }
    return open.isEmpty
  }
}
