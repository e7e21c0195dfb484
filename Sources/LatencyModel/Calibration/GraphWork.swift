public import Graph

/// The work of a graph, layer by layer, as an engine runs it that fuses activations into products.
public struct GraphWork: Sendable {
  public struct Layer: Sendable {
    public var name: String
    public var op: String
    public var macs: Int
    public var work: Work
  }

  public var layers: [Layer] = []
  /// Of all layers.
  public var total = Work()

  /// Whether the engine computes 3x3 convolutions by Winograd's trick; TFLite's kernels and XNNPACK's do not.
  public static func usesWinograd(_ engine: String) -> Bool { engine != "litert" }

  /// - Throws: ``GraphError`` where a count of multiply-accumulates exceeds `Int.max`.
  public init(_ graph: Graph, usesWinograd: Bool = true) throws(GraphError) {
    let costs = try graph.cost().nodes
    var producers: [TensorID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id] = index }
    }
    for (index, node) in graph.nodes.enumerated() {
      let counter = LayerCounter(
        graph: graph, node: node, cost: costs[index], usesWinograd: usesWinograd)
      let source = counter.activations.first.flatMap { producers[$0] }
      let isFused = counter.isFusable && source.map { costs[$0].macs > 0 } ?? false
      guard !isFused, let work = counter.work(isFirst: source == nil) else { continue }
      layers.append(Layer(name: node.name, op: node.op.name, macs: costs[index].macs, work: work))
      total.add(work)
    }
  }
}

/// Counts the work of one node.
struct LayerCounter {
  let graph: Graph
  let node: Node
  let cost: NodeCost
  let usesWinograd: Bool

  /// Inputs that are not constants.
  var activations: [TensorID] { node.inputs.compactMap { $0 }.filter { graph[$0].constant == nil } }

  /// Whether engines apply it to the sums of a product while those are in registers.
  var isFusable: Bool {
    guard case .unary(let unary) = node.op else { return false }
    switch unary {
    case .relu, .relu6, .reluN1To1, .clamp, .leakyRelu, .sigmoid, .hardSwish, .hardSigmoid: return true
    default: return false
    }
  }

  /// `nil` where nothing is done: a reshape, or a conversion that only says how numbers are stored.
  func work(isFirst: Bool) -> Work? {
    guard !activations.isEmpty, let output = node.outputs.first else { return nil }
    var work = Work()
    switch node.op {
    case .reshape, .quantize, .dequantize, .cast: return nil
    // From and to channels-first at the graph's ends: an engine with that layout does not do it.
    case .transpose(let permutation) where isFirst || permutation == [0, 3, 1, 2]: return nil
    default: break
    }
    work.add(.launch, 1)
    let shape = graph[output].shape
    let written = shape.elementCount ?? 0
    let read = activations.reduce(0) { $0 + (graph[$1].shape.elementCount ?? 0) }
    let (rows, columns) = (written / max(1, shape.dimensions.last ?? 1), shape.dimensions.last ?? 1)
    switch node.op {
    case .conv2d(let convolution):
      countConvolution(convolution, rows: rows, columns: columns, shape, &work)
    case .transposeConv2d:
      let weights = weightShape ?? [1, 1, 1, 1]
      count(
        .convolution, rows: rows, columns: columns,
        depth: weights[3] * max(1, cost.macs / max(1, written * weights[3])), &work)
      work.add(.weights, Double(weights.elementCount ?? 0))
    case .depthwiseConv2d: work.add(.depthwise, Double(cost.macs))
    case .fullyConnected, .matMul:
      let weights =
        node.inputs.count > 1 && node.op != .matMul(transposeA: false, transposeB: false)
        ? node.inputs[1].flatMap { graph[$0].constant == nil ? nil : graph[$0].shape.elementCount } ?? 0 : 0
      if rows == 1, case .fullyConnected = node.op {
        work.add(.vectorProduct, Double(weights))
      } else {
        work.add(.tokens, Double(cost.macs))
        work.add(.weights, Double(weights))
      }
    case .softmax, .logSoftmax: work.add(written > 5000 ? .softmax : .exponential, Double(written))
    case .unary(let unary) where Self.isExponential(unary): work.add(.exponential, Double(written))
    case .binary(.power, _): work.add(.exponential, Double(written))
    default:
      if cost.kernelClass == .dataMovement { work.add(.movement, Double(read + written)) }
    }
    if rows > 1 || work[.vectorProduct] == 0 {
      work.addTraffic(Double(read + written), largest: max(read, written))
    }
    return work
  }

  private func countConvolution(
    _ convolution: Convolution, rows: Int, columns: Int, _ shape: Shape, _ work: inout Work
  ) {
    guard let weights = weightShape else { return }
    let groups = max(1, convolution.groups)
    let (taps, depth, filters) = (weights[1] * weights[2], weights[3], columns / groups)
    let parameters = Double(weights.elementCount ?? 0)
    if taps == 1, rows == 1 {
      work.add(.vectorProduct, parameters)
      return
    }
    if taps == 1 {
      count(.gemm, rows: rows, columns: filters, depth: depth, groups: groups, &work)
      work.add(.weights, parameters)
    } else if usesWinograd, weights[1] == 3, weights[2] == 3, convolution.strides == .one,
      convolution.dilations == .one,
      depth >= 12, filters >= 12
    {
      let pixels = Double(groups * roundedUp(shape[1]) * roundedUp(shape[2]))
      let perOutput = 36.0 / 16.0
      work.add(.winograd, pixels * perOutput * Double(roundedUp(filters) * (depth + 12)))
      work.add(.tiles, pixels * perOutput * Double(depth + filters))
      // Transformed inputs and untransformed outputs are written once and read once.
      work.addTraffic(
        pixels * perOutput * 2 * Double(depth + filters),
        largest: Int(pixels * perOutput) * max(depth, filters))
      // A transformed kernel has 36 numbers for 9.
      work.add(.weights, parameters * 4)
    } else {
      count(.convolution, rows: rows, columns: filters, depth: depth * taps, groups: groups, &work)
      work.add(.weights, parameters)
    }
    // Engines run groups one after the other.
    if groups > 1 { work.add(.launch, 0.2 * Double(groups)) }
  }

  /// Products in whole tiles of 4x4; each sum takes some products' time to start and to end.
  private func count(
    _ workClass: WorkClass, rows: Int, columns: Int, depth: Int, groups: Int = 1, _ work: inout Work
  ) {
    let start = workClass == .gemm ? 12 : 32
    work.add(
      workClass, Double(groups) * Double(roundedUp(rows)) * Double(roundedUp(columns)) * Double(depth + start)
    )
  }

  private func roundedUp(_ count: Int) -> Int { (count + 3) / 4 * 4 }

  private var weightShape: Shape? {
    guard node.inputs.count > 1, let id = node.inputs[1], graph[id].shape.rank == 4 else { return nil }
    return graph[id].shape
  }

  private static func isExponential(_ unary: Unary) -> Bool {
    switch unary {
    case .sigmoid, .tanh, .silu, .gelu, .softplus, .erf, .exp, .log, .elu: true
    default: false
    }
  }
}
