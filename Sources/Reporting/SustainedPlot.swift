import Foundation
public import Records
import Sizing
import Units

/// Latency, temperature and measured clock over time, under sustained load: one SVG with a panel for each that is known.
public struct SustainedPlot {
  public var title: String
  public var load: SustainedLoad

  public init(title: String, load: SustainedLoad) {
    self.title = title
    self.load = load
  }

  private static let left = 76.0
  private static let width = 640.0
  private static let right = 24.0
  private static let top = 48.0
  private static let gap = 30.0

  /// A curve is a list of values, of which some may be missing.
  private struct Curve {
    var name: String
    var style: String
    var values: [Double?]
  }

  private struct Panel {
    var name: String
    var height: Double
    var curves: [Curve]
    /// Whether its axis starts at 0: lengths of time do, temperatures do not.
    var startsAtZero: Bool
    var text: (Double) -> String
  }

  /// `nil` where there are fewer than two windows.
  public var svg: String? {
    guard load.windows.count > 1, load.nanoseconds > 0 else { return nil }
    let panels = self.panels
    let height = Self.top + panels.reduce(0) { $0 + $1.height + Self.gap } + 16
    let total = Self.left + Self.width + Self.right
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 \(fixed(total, 0)) \(fixed(height, 0))" width="\(fixed(total, 0))" height="\(fixed(height, 0))">
      <title>\(Escaping.xml(title))</title>
      <style>\(Self.style)</style>
      <rect width="100%" height="100%" fill="#fff"/>
      <text class="title" x="\(fixed(Self.left, 0))" y="20">\(Escaping.xml(title))</text>
      <text class="note" x="\(fixed(Self.left, 0))" y="37">\(Escaping.xml(summary))</text>

      """
    var y = Self.top
    for panel in panels {
      text += draw(panel, at: y)
      y += panel.height + Self.gap
    }
    text += timeAxis(at: y - Self.gap)
    return text + "</svg>\n"
  }

  /// "first minute 40.1 ms at 48 degrees Celsius, last 52.3 ms at 81: 30 % slower"
  public var summary: String {
    guard let first = load.first, let last = load.last, let ratio = load.ratio else { return "" }
    let latency = Metric.latency(.median)
    func part(_ part: SustainedLoad.Part) -> String {
      latency.text(Double(part.nanoseconds))
        + (part.temperature.map { " at \(fixed($0, 0)) \u{B0}C" } ?? "")
    }
    let change = Int((abs(ratio - 1) * 100).rounded())
    let unit = load.partNanoseconds == 60_000_000_000 ? "minute" : "tenth"
    let words = change == 0 ? "the same" : "\(change) % \(ratio > 1 ? "slower" : "faster")"
    return "first \(unit) \(part(first)), last \(unit) \(part(last)): \(words)"
  }

  private var panels: [Panel] {
    let windows = load.windows
    let latency = Metric.latency(.median)
    var panels = [
      Panel(
        name: "latency", height: 190,
        curves: [
          Curve(name: "p90", style: "p90", values: windows.map { Double($0.p90Nanoseconds) }),
          Curve(name: "median", style: "median", values: windows.map { Double($0.medianNanoseconds) }),
        ], startsAtZero: true, text: { latency.limitText($0) })
    ]
    if windows.contains(where: { $0.temperature != nil }) {
      panels.append(
        Panel(
          name: "temperature", height: 100,
          curves: [Curve(name: "hottest zone", style: "heat", values: windows.map(\.temperature))],
          startsAtZero: false, text: { "\(fixed($0, 0)) \u{B0}C" }))
    }
    if windows.contains(where: { $0.clockHertz != nil }) {
      panels.append(
        Panel(
          name: "clock", height: 100,
          curves: [
            Curve(name: "measured", style: "clock", values: windows.map { $0.clockHertz.map { Double($0) } })
          ], startsAtZero: true, text: { "\(fixed($0 / 1e9, 1)) GHz" }))
    }
    return panels
  }

  private func x(_ nanoseconds: Int64) -> Double {
    Self.left + Double(nanoseconds) / Double(load.nanoseconds) * Self.width
  }

  private func draw(_ panel: Panel, at top: Double) -> String {
    let values = panel.curves.flatMap(\.values).compactMap { $0 }.filter(\.isFinite)
    guard let largest = values.max(), let smallest = values.min() else { return "" }
    let low = panel.startsAtZero ? 0 : smallest - max(1, (largest - smallest) * 0.1)
    let high = panel.startsAtZero ? max(largest * 1.05, 1e-9) : largest + max(1, (largest - smallest) * 0.1)
    func y(_ value: Double) -> Double { top + panel.height * (1 - (value - low) / (high - low)) }
    var text = "<g>\n"
    for value in PlotAxis.ticks(from: low, to: high, atLeast: panel.height > 150 ? 3 : 2) {
      let place = fixed(y(value), 1)
      text +=
        "<line class=\"grid\" x1=\"\(fixed(Self.left, 1))\" x2=\"\(fixed(Self.left + Self.width, 1))\" y1=\"\(place)\" y2=\"\(place)\"/>\n"
      text +=
        "<text class=\"tick\" x=\"\(fixed(Self.left - 6, 1))\" y=\"\(place)\" dy=\"0.35em\" text-anchor=\"end\">\(Escaping.xml(value == 0 ? "0" : panel.text(value)))</text>\n"
    }
    for curve in panel.curves {
      var points: [String] = []
      for (window, value) in zip(load.windows, curve.values) {
        guard let value, value.isFinite else { continue }
        let middle = window.startNanoseconds + (window.endNanoseconds - window.startNanoseconds) / 2
        points.append("\(fixed(x(middle), 1)),\(fixed(y(value), 1))")
      }
      text += "<polyline class=\"\(curve.style)\" points=\"\(points.joined(separator: " "))\"/>\n"
    }
    let names = panel.curves.map { "<tspan class=\"\($0.style)\">\(Escaping.xml($0.name))</tspan>" }
    text +=
      "<text class=\"name\" x=\"\(fixed(Self.left + Self.width, 1))\" y=\"\(fixed(top - 5, 1))\" text-anchor=\"end\">\(Escaping.xml(panel.name)): \(names.joined(separator: ", "))</text>\n"
    return text + "</g>\n"
  }

  private func timeAxis(at y: Double) -> String {
    let seconds = Double(load.nanoseconds) / 1e9
    let isMinutes = seconds >= 180
    let unit = isMinutes ? 60.0 : 1
    var text = ""
    for value in PlotAxis.ticks(from: 0, to: seconds / unit) {
      let place = fixed(x(Int64(value * unit * 1e9)), 1)
      text +=
        "<text class=\"tick\" x=\"\(place)\" y=\"\(fixed(y + 15, 1))\" text-anchor=\"middle\">\(fixed(value, value == value.rounded() ? 0 : 1)) \(isMinutes ? "min" : "s")</text>\n"
    }
    return text
  }

  private static let style = """
    text { font: 13px system-ui, sans-serif; fill: #222; } .title { font-weight: 600; } .note, .name { font-size: 12px; fill: #555; }
    .tick { font-size: 11px; fill: #666; } .grid { stroke: #e3e3e3; } polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
    polyline.median { stroke: #0b5cad; } polyline.p90 { stroke: #8fbce6; } polyline.heat { stroke: #b42318; } polyline.clock { stroke: #1a7f37; }
    tspan.median { fill: #0b5cad; } tspan.p90 { fill: #5b93c7; } tspan.heat { fill: #b42318; } tspan.clock { fill: #1a7f37; }
    """
}

/// Where an axis has its labels.
enum PlotAxis {
  /// Round numbers from `low` to `high`, in steps of 1, 2 or 5 times a power of ten: at least `steps` of them between the ends,
  /// and not many more.
  static func ticks(from low: Double, to high: Double, atLeast steps: Double = 3) -> [Double] {
    let span = high - low
    guard span > 0, span.isFinite else { return [] }
    let power = pow(10, (log10(span / (steps + 1))).rounded(.down))
    let step = [5, 2, 1].map { $0 * power }.first { $0 * steps <= span } ?? power
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    guard last >= first, last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }
}
