import Foundation

/// A roofline: how fast layers compute against how often they use each byte, under what the machine allows.
///
/// - Source: Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore architectures",
///   Communications of the ACM 52(4), 2009.
public struct RooflinePlot: Sendable {
  public struct Layer: Sendable {
    public var name: String
    /// Multiplications and additions, each counted.
    public var operations: Double
    public var bytes: Double
    public var nanoseconds: Double
    public var bound: Bound

    public init(name: String, operations: Double, bytes: Double, nanoseconds: Double, bound: Bound) {
      self.name = name
      self.operations = operations
      self.bytes = bytes
      self.nanoseconds = nanoseconds
      self.bound = bound
    }

    /// Operations a byte, and operations a second.
    var intensity: Double { operations / bytes }
    var speed: Double { operations / nanoseconds * 1e9 }
    var isDrawable: Bool { operations > 0 && bytes > 0 && nanoseconds > 0 }
  }

  /// What most of a layer's time goes into.
  public enum Bound: String, Sendable, CaseIterable {
    case compute, cache, memory, overhead
    var colour: String {
      switch self {
      case .compute: "#1f6fb4"
      case .cache: "#3a923a"
      case .memory: "#c0561a"
      case .overhead: "#777777"
      }
    }
  }

  /// A ceiling: operations a second, or bytes a second.
  public struct Roof: Sendable {
    public enum Kind: Sendable { case operations, bytes }
    public var kind: Kind
    public var name: String
    public var perSecond: Double
    public init(_ kind: Kind, name: String, perSecond: Double) {
      self.kind = kind
      self.name = name
      self.perSecond = perSecond
    }
  }

  public var title: String
  public var roofs: [Roof]
  public var layers: [Layer]

  public init(title: String, roofs: [Roof], layers: [Layer]) {
    self.title = title
    self.roofs = roofs.filter { $0.perSecond > 0 && $0.perSecond.isFinite }
    self.layers = layers
  }

  /// Nanoseconds of all layers.
  private var total: Double { max(1e-9, layers.reduce(0) { $0 + $1.nanoseconds }) }

  private static let frame = (left: 80.0, top: 44.0, width: 640.0, height: 400.0)
  private static let labelled = 6

  /// `nil` where no layer has products.
  public func svg() -> String? {
    let drawn = layers.filter(\.isDrawable)
    guard !drawn.isEmpty else { return nil }
    let axes = Axes(drawn, roofs)
    let frame = Self.frame
    let (width, height) = (frame.left + frame.width + 180, frame.top + frame.height + 84)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(fixed(width, 0))" height="\(fixed(height, 0))" \
      viewBox="0 0 \(fixed(width, 0)) \(fixed(height, 0))" font-family="sans-serif" font-size="12">
      <title>\(Escaping.xml(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(fixed(frame.left, 0))" y="24" font-size="15">\(Escaping.xml(title))</text>

      """
    text += axes.grid() + roofLines(axes) + points(drawn, axes) + legend()
    let rest = layers.filter { !$0.isDrawable }
    if !rest.isEmpty {
      let time = rest.reduce(0) { $0 + $1.nanoseconds }
      let share = time / total * 100
      text +=
        "<text x=\"\(fixed(frame.left, 0))\" y=\"\(fixed(height - 12, 0))\" fill=\"#555555\">Not drawn: \(rest.count) layers without products, \(fixed(share, share < 9.95 ? 1 : 0)) % of the time.</text>\n"
    }
    return text + "</svg>\n"
  }

  /// Each ceiling of bytes up to the lowest of operations, and those of operations from where they meet the steepest of bytes.
  private func roofLines(_ axes: Axes) -> String {
    let speeds = roofs.filter { $0.kind == .operations }
    let streams = roofs.filter { $0.kind == .bytes }
    let top = speeds.map(\.perSecond).max() ?? axes.y.upperBound
    var text = ""
    func line(
      _ a: (Double, Double), _ b: (Double, Double), _ name: String, at place: (Double, Double), _ end: Bool
    ) {
      text += """
        <line x1="\(axes.px(a.0))" y1="\(axes.py(a.1))" x2="\(axes.px(b.0))" y2="\(axes.py(b.1))" stroke="#333333" stroke-width="1.5"/>
        <text x="\(axes.px(place.0))" y="\(axes.py(place.1))" dx="\(end ? 6 : 4)" dy="\(end ? 4 : -8)" fill="#333333">\(Escaping.xml(name))</text>

        """
    }
    for roof in speeds {
      let start = streams.map { roof.perSecond / $0.perSecond }.min() ?? axes.x.lowerBound
      line(
        (max(start, axes.x.lowerBound), roof.perSecond), (axes.x.upperBound, roof.perSecond), roof.name,
        at: (axes.x.upperBound, roof.perSecond), true)
    }
    for roof in streams {
      let from = max(axes.x.lowerBound, axes.y.lowerBound / roof.perSecond)
      let to = min(axes.x.upperBound, top / roof.perSecond)
      guard from < to else { continue }
      line(
        (from, from * roof.perSecond), (to, to * roof.perSecond), roof.name,
        at: (from, from * roof.perSecond), false)
    }
    return text
  }

  /// Circles, as large as the layer's share of the time; the longest have their names.
  private func points(_ drawn: [Layer], _ axes: Axes) -> String {
    let sorted = drawn.sorted { $0.nanoseconds > $1.nanoseconds }
    var text = ""
    for layer in sorted {
      let radius = 3 + 40 * (layer.nanoseconds / total).squareRoot() / 2
      let detail =
        "\(layer.name): \(fixed(layer.nanoseconds / 1e6, 3)) ms, \(fixed(layer.nanoseconds / total * 100, 1)) % of the time, bound by \(layer.bound.rawValue)"
      text += """
        <circle cx="\(axes.px(layer.intensity))" cy="\(axes.py(layer.speed))" r="\(fixed(radius, 1))" fill="\(layer.bound.colour)" \
        fill-opacity="0.45" stroke="\(layer.bound.colour)"><title>\(Escaping.xml(detail))</title></circle>

        """
    }
    // A name for which there is no room is left out.
    var taken: [(x: Double, y: Double)] = []
    for layer in sorted {
      let place = (x: axes.place(x: layer.intensity), y: axes.place(y: layer.speed))
      guard taken.count < Self.labelled,
        !taken.contains(where: { abs($0.y - place.y) < 15 && abs($0.x - place.x) < 170 })
      else { continue }
      taken.append(place)
      let isRight = place.x > Self.frame.left + Self.frame.width - 150
      text +=
        "<text x=\"\(fixed(place.x, 1))\" y=\"\(fixed(place.y, 1))\" dx=\"\(isRight ? -8 : 8)\" dy=\"4\" text-anchor=\"\(isRight ? "end" : "start")\" font-size=\"11\">\(Escaping.xml(String(layer.name.suffix(26))))</text>\n"
    }
    return text
  }

  private func legend() -> String {
    var text = ""
    for (index, bound) in Bound.allCases.enumerated() {
      let share = layers.filter { $0.bound == bound }.reduce(0) { $0 + $1.nanoseconds } / total * 100
      let x = Self.frame.left + Double(index) * 165
      let y = Self.frame.top + Self.frame.height + 54
      text += """
        <circle cx="\(fixed(x + 6, 0))" cy="\(fixed(y - 4, 0))" r="6" fill="\(bound.colour)" fill-opacity="0.45" stroke="\(bound.colour)"/>
        <text x="\(fixed(x + 18, 0))" y="\(fixed(y, 0))">\(bound.rawValue) bound: \(fixed(share, 0)) %</text>

        """
    }
    return text
  }

  /// Logarithmic both ways, in whole decades.
  struct Axes {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>

    init(_ layers: [Layer], _ roofs: [Roof]) {
      func decades(_ values: [Double]) -> ClosedRange<Double> {
        let least = pow(10, log10(values.min() ?? 1).rounded(.down))
        let most = pow(10, log10(values.max() ?? 10).rounded(.up))
        return least...max(most, least * 10)
      }
      let speeds = layers.map(\.speed) + roofs.filter { $0.kind == .operations }.map { $0.perSecond * 1.3 }
      x = decades(layers.map { $0.intensity * 0.8 } + layers.map { $0.intensity * 1.2 })
      let all = decades(speeds)
      // Of the slowest layers, those four decades below the fastest are at the lower edge.
      y = max(all.lowerBound, all.upperBound / 1e4)...all.upperBound
    }

    func place(x value: Double) -> Double {
      let share = log(value / x.lowerBound) / log(x.upperBound / x.lowerBound)
      return RooflinePlot.frame.left + min(1, max(0, share)) * RooflinePlot.frame.width
    }

    func place(y value: Double) -> Double {
      let share = log(value / y.lowerBound) / log(y.upperBound / y.lowerBound)
      return RooflinePlot.frame.top + (1 - min(1, max(0, share))) * RooflinePlot.frame.height
    }

    func px(_ value: Double) -> String { fixed(place(x: value), 1) }
    func py(_ value: Double) -> String { fixed(place(y: value), 1) }

    func grid() -> String {
      let frame = RooflinePlot.frame
      let (right, bottom) = (frame.left + frame.width, frame.top + frame.height)
      var text =
        "<rect x=\"\(fixed(frame.left, 0))\" y=\"\(fixed(frame.top, 0))\" width=\"\(fixed(frame.width, 0))\" height=\"\(fixed(frame.height, 0))\" fill=\"none\" stroke=\"#999999\"/>\n"
      var value = x.lowerBound
      while value <= x.upperBound * 1.01 {
        text +=
          "<line x1=\"\(px(value))\" x2=\"\(px(value))\" y1=\"\(fixed(frame.top, 0))\" y2=\"\(fixed(bottom, 0))\" stroke=\"#e4e4e4\"/>\n"
        text +=
          "<text x=\"\(px(value))\" y=\"\(fixed(bottom + 16, 0))\" text-anchor=\"middle\">\(RooflinePlot.short(value))</text>\n"
        value *= 10
      }
      value = y.lowerBound
      while value <= y.upperBound * 1.01 {
        text +=
          "<line x1=\"\(fixed(frame.left, 0))\" x2=\"\(fixed(right, 0))\" y1=\"\(py(value))\" y2=\"\(py(value))\" stroke=\"#e4e4e4\"/>\n"
        text +=
          "<text x=\"\(fixed(frame.left - 8, 0))\" y=\"\(py(value))\" dy=\"4\" text-anchor=\"end\">\(RooflinePlot.short(value / 1e9))</text>\n"
        value *= 10
      }
      text +=
        "<text x=\"\(fixed((frame.left + right) / 2, 0))\" y=\"\(fixed(bottom + 34, 0))\" text-anchor=\"middle\">operations a byte of activations and weights</text>\n"
      text +=
        "<text transform=\"translate(22 \(fixed((frame.top + bottom) / 2, 0))) rotate(-90)\" text-anchor=\"middle\">10^9 operations a second</text>\n"
      return text
    }
  }

  /// "0.01", "1", "1000".
  static func short(_ value: Double) -> String {
    value < 0.99 ? fixed(value, Int((-log10(value)).rounded())) : fixed(value, 0)
  }
}
