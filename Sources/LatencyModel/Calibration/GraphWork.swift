public import Graph

/// The work of a graph, layer by layer, as an engine runs it that fuses activations into products.
public struct GraphWork: Sendable {
  public struct Layer: Sendable {
    public var name: String
    public var op: String
    public var macs: Int
    /// Activations read and written, and constants read.
    public var elements: Int
    public var work: Work
  }

  public var layers: [Layer] = []
  /// Of all layers.
  public var total = Work()

  /// - Throws: ``GraphError`` where a count of multiply-accumulates exceeds `Int.max`.
  public init(_ graph: Graph, traits: EngineTraits = EngineTraits(engine: "ncnn")) throws(GraphError) {
    let costs = try graph.cost().nodes
    var producers: [TensorID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id] = index }
    }
    let counters = graph.nodes.indices.map {
      LayerCounter(graph: graph, node: graph.nodes[$0], cost: costs[$0], traits: traits)
    }
    // A conversion hands on what it gets; an activation does after a product, or after one's conversion.
    var passes: [Bool] = []
    var followsProduct: [Bool] = []
    for (index, counter) in counters.enumerated() {
      let source = counter.activations.first.flatMap { producers[$0] }.flatMap { $0 < index ? $0 : nil }
      let isAfterProduct = source.map { costs[$0].macs > 0 || followsProduct[$0] } ?? false
      passes.append(counter.isConversion || (counter.isFusable && isAfterProduct))
      followsProduct.append(counter.isConversion && isAfterProduct)
    }
    let chains = ProductChains(graph, producers: producers, passes: passes)
    for (index, var counter) in counters.enumerated() where !passes[index] {
      counter.isNarrowBefore = chains.isNarrow(before: index)
      counter.isNarrowAfter = chains.staysNarrow(after: index)
      let isFirst = counter.activations.first.map { producers[$0] == nil } ?? true
      guard let work = counter.work(isFirst: isFirst) else { continue }
      let node = graph.nodes[index]
      let elements = (node.inputs.compactMap { $0 } + node.outputs).reduce(0) {
        $0 + (graph[$1].shape.elementCount ?? 0)
      }
      layers.append(
        Layer(name: node.name, op: node.op.name, macs: costs[index].macs, elements: elements, work: work))
      total.add(work)
    }
  }
}

/// Counts the work of one node.
struct LayerCounter {
  let graph: Graph
  let node: Node
  let cost: NodeCost
  let traits: EngineTraits
  /// Whether its input and its result are in 8 bits in int8, because only products have to do with them.
  var isNarrowBefore = false
  var isNarrowAfter = false

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

  /// Whether it only says how numbers are stored.
  var isConversion: Bool {
    switch node.op {
    case .quantize, .dequantize, .cast: true
    default: false
    }
  }

  /// `nil` where nothing is done: a reshape, or a conversion.
  func work(isFirst: Bool) -> Work? {
    guard !activations.isEmpty, let output = node.outputs.first else { return nil }
    var work = Work()
    switch node.op {
    case .reshape, .quantize, .dequantize, .cast: return nil
    // From and to channels-first at the graph's ends: an engine with that layout does not do it.
    case .transpose(let permutation) where isFirst || permutation == [0, 3, 1, 2]: return nil
    default: break
    }
    let isProduct = cost.macs > 0
    work.add(isProduct ? .launch : .lightLaunch, 1)
    let shape = graph[output].shape
    let written = shape.elementCount ?? 0
    let read = activations.reduce(0) { $0 + (graph[$1].shape.elementCount ?? 0) }
    let (rows, columns) = (written / max(1, shape.dimensions.last ?? 1), shape.dimensions.last ?? 1)
    switch node.op {
    case .conv2d(let convolution):
      countConvolution(convolution, rows: rows, columns: columns, shape, &work)
      countBorder(convolution.padding, &work)
    case .transposeConv2d:
      let weights = weightShape ?? [1, 1, 1, 1]
      count(
        .convolution, rows: rows, columns: columns,
        depth: weights[3] * max(1, cost.macs / max(1, written * weights[3])), &work)
      work.add(.weights, Double(weights.elementCount ?? 0))
    case .depthwiseConv2d(let convolution):
      work.add(.depthwise, Double(cost.macs), width: columns)
      countBorder(convolution.padding, &work)
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
    countOperands(read: read, written: written, isProduct: isProduct, rows: rows, &work)
    return work
  }

  private func countOperands(read: Int, written: Int, isProduct: Bool, rows: Int, _ work: inout Work) {
    let largest = max(read, written)
    guard isProduct else {
      work.add(traits.keepsIntegers ? .narrow : .wide, Double(read + written), largest: largest)
      return
    }
    guard rows > 1 else { return }
    func kind(isNarrow: Bool) -> Work.Traffic { isNarrow || traits.keepsIntegers ? .operands : .wideOperands }
    work.add(kind(isNarrow: isNarrowBefore), Double(read), largest: largest)
    work.add(kind(isNarrow: isNarrowAfter), Double(written), largest: largest)
    if !traits.keepsIntegers {
      // Sums are scaled back; an input that is not in 8 bits yet is converted.
      work.add(.quantization, 0.5 * Double(written) + (isNarrowBefore ? 0 : Double(read)))
    }
  }

  /// An image with a border is a copy of it.
  private func countBorder(_ padding: Padding2D, _ work: inout Work) {
    guard padding != .zero, let id = activations.first, graph[id].shape.rank == 4 else { return }
    let shape = graph[id].shape
    func extent(_ size: Int, _ border: Int) -> Double { Double(size) + Double(max(0, border)) }
    let count =
      Double(shape[0]) * Double(shape[3]) * extent(shape[1], padding.top + padding.bottom)
      * extent(shape[2], padding.left + padding.right)
    work.add(.narrow, 2 * count, largest: Int(min(count, 1e15)))
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
    let isGrouped = groups > 1
    if taps == 1 || isGrouped {
      count(
        isGrouped ? .grouped : .gemm, rows: rows, columns: filters, depth: depth * taps, groups: groups, &work
      )
      work.add(.weights, parameters)
    } else if traits.usesWinograd, weights[1] == 3, weights[2] == 3, convolution.strides == .one,
      convolution.dilations == .one,
      depth >= 12, filters >= 12
    {
      let pixels = Double(groups * roundedUp(shape[1]) * roundedUp(shape[2]))
      let perOutput = 36.0 / 16.0
      work.add(.winograd, pixels * perOutput * Double(roundedUp(filters) * depth), width: filters)
      work.add(.tiles, pixels * perOutput * Double(depth + filters))
      // Transformed inputs and untransformed outputs are written once and read once.
      work.add(
        .wide, pixels * perOutput * 2 * Double(depth + filters),
        largest: Int(pixels * perOutput) * max(depth, filters))
      // A transformed kernel has 36 numbers for 9.
      work.add(.weights, parameters * 4)
    } else {
      count(.convolution, rows: rows, columns: filters, depth: depth * taps, groups: groups, &work)
      work.add(.weights, parameters)
    }
    // Engines run groups one after the other.
    if isGrouped { work.add(.launch, 0.2 * Double(groups)) }
  }

  /// Products in whole tiles of 4x4; each sum takes some products' time to start and to end. The input is rearranged into the rows of a
  /// matrix: written once and read once.
  private func count(
    _ workClass: WorkClass, rows: Int, columns: Int, depth: Int, groups: Int = 1, _ work: inout Work
  ) {
    let start = workClass == .gemm ? 12 : 48
    work.add(
      workClass,
      Double(groups) * Double(roundedUp(rows)) * Double(roundedUp(columns)) * Double(depth + start),
      width: columns)
    let arranged = Double(rows) * Double(depth)
    work.add(.operands, 2 * Double(groups) * arranged, largest: Int(min(arranged, 1e15)))
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
