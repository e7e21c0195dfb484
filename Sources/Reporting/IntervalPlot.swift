import Foundation
import Sizing
import Statistics

/// Intervals against a limit, one line each, as SVG.
///
/// Measured on the device: filled. Projected: hollow. Times of a sandbox have no place in it.
struct IntervalPlot {
  struct Line {
    var label: String
    var reading: Reading
    var finding: Finding
  }

  var metric: Metric
  var limit: Double?
  var lines: [Line]

  private static let labelWidth = 260.0
  private static let plotWidth = 520.0
  /// Half of the widest label on the axis.
  private static let margin = 40.0
  private static let lineHeight = 26.0
  private static let axisHeight = 34.0

  /// `nil` where no line has a figure.
  var svg: String? {
    let figures = lines.compactMap(\.reading.figure)
    guard !figures.isEmpty else { return nil }
    let largest = max(figures.map(\.interval.upper).max() ?? 0, limit ?? 0)
    guard largest > 0, largest.isFinite else { return nil }
    let height = Self.lineHeight * Double(lines.count) + Self.axisHeight
    // A twentieth of room beyond the largest, so that no end is drawn on the frame.
    func x(_ value: Double) -> String {
      fixed(Self.labelWidth + max(0, value) / (largest * 1.05) * Self.plotWidth, 1)
    }
    let width = fixed(Self.labelWidth + Self.plotWidth + Self.margin, 0)
    var text =
      "<svg role=\"img\" viewBox=\"0 0 \(width) \(fixed(height, 0))\" width=\"\(width)\" height=\"\(fixed(height, 0))\">\n"
    text += "<title>\(Escaping.xml(metric.name)) against its limit</title>\n"
    for (index, line) in lines.enumerated() {
      let y = fixed(Self.lineHeight * (Double(index) + 0.5), 1)
      text += "<text x=\"0\" y=\"\(y)\" dy=\"0.35em\">\(Escaping.xml(line.label))</text>\n"
      guard let figure = line.reading.figure else {
        text += "<text x=\"\(x(0))\" y=\"\(y)\" dy=\"0.35em\">\(Table.missing)</text>\n"
        continue
      }
      let kind = "\(line.finding.rawValue) \(figure.evidence == .projected ? "projected" : "measured")"
      let value = metric.text(figure.value, in: figure.interval)
      text += "<g class=\"\(kind)\"><title>\(Escaping.xml(value))</title>"
      text +=
        "<line x1=\"\(x(figure.interval.lower))\" x2=\"\(x(figure.interval.upper))\" y1=\"\(y)\" y2=\"\(y)\"/>"
      text += "<circle cx=\"\(x(figure.value))\" cy=\"\(y)\" r=\"4.5\"/></g>\n"
    }
    let bottom = Self.lineHeight * Double(lines.count)
    text += axis(x, largest: largest, y: bottom)
    if let limit {
      text +=
        "<line class=\"limit\" x1=\"\(x(limit))\" x2=\"\(x(limit))\" y1=\"0\" y2=\"\(fixed(bottom, 1))\"/>\n"
      text +=
        "<text class=\"limit\" x=\"\(x(limit))\" y=\"\(fixed(bottom + 28, 1))\" text-anchor=\"middle\">limit \(Escaping.xml(metric.limitText(limit)))</text>\n"
    }
    return text + "</svg>\n"
  }

  private func axis(_ x: (Double) -> String, largest: Double, y: Double) -> String {
    var text =
      "<line class=\"axis\" x1=\"\(x(0))\" x2=\"\(x(largest * 1.05))\" y1=\"\(fixed(y, 1))\" y2=\"\(fixed(y, 1))\"/>\n"
    for value in Self.ticks(to: largest) {
      text +=
        "<text class=\"tick\" x=\"\(x(value))\" y=\"\(fixed(y + 14, 1))\" text-anchor=\"middle\">\(Escaping.xml(value == 0 ? "0" : metric.limitText(value)))</text>\n"
    }
    return text
  }

  /// From 0 on in steps of 1, 2 or 5 times a power of ten: four to seven of them.
  private static func ticks(to largest: Double) -> [Double] {
    let power = pow(10, (log10(largest / 4)).rounded(.down))
    let step = [5, 2, 1].map { $0 * power }.first { $0 * 4 <= largest * 1.05 } ?? power
    return (0...Int(largest * 1.05 / step)).map { Double($0) * step }
  }
}
