public import Graph

/// One batch's values through a graph, and the gradients back.
///
///     tape.forward(inputs); tape.seed(logits, gradient); tape.backward(into: gradients)
///
/// Every number is f32, integers included. Memory is allocated once. A tape is for one thread.
public final class Tape {
  let graph: Graph
  let parameters: Parameters
  private var steps: [(node: Node, step: any Step)] = []
  private var valueMemory: [FloatMemory?]
  private var gradientMemory: [FloatMemory?]
  private var effective: UnsafePointer<Float>
  private var parameterGradients: UnsafeMutablePointer<Float>
  private var scratchMemory: [FloatMemory?] = Array(repeating: nil, count: 8)
  let product = MatrixProduct()
  /// What parameters point to before the first run.
  private let placeholder = FloatMemory(count: 1)
  /// Whether batch normalisations take their statistics from the batch.
  var isTraining = true

  /// - Parameters:
  ///   - graph: Already batched.
  ///   - observed: Tensors that gradients will be given for, or are asked of.
  /// - Throws: ``TrainingError/unsupported(node:op:reason:)`` for the first node without a gradient on the way from
  ///   a parameter to an output.
  public init(_ graph: Graph, parameters: Parameters, observed: [TensorID] = []) throws(TrainingError) {
    self.graph = graph
    self.parameters = parameters
    valueMemory = Array(repeating: nil, count: graph.tensors.count)
    gradientMemory = Array(repeating: nil, count: graph.tensors.count)
    effective = UnsafePointer(placeholder.start)
    parameterGradients = placeholder.start
    var needsGradient = Set(parameters.tensors).union(observed)
    for (index, tensor) in graph.tensors.enumerated() where !needsGradient.contains(TensorID(index)) {
      guard tensor.constant != nil else { continue }
      valueMemory[index] = FloatMemory(tensor.numbers)
    }
    for id in graph.inputs { valueMemory[id.index] = memory(for: id) }
    for node in graph.nodes {
      let depends = node.inputs.contains { $0.map(needsGradient.contains) ?? false }
      if depends { needsGradient.formUnion(node.outputs) }
      for id in node.outputs { valueMemory[id.index] = memory(for: id) }
      steps.append((node, try makeStep(node, graph)))
    }
    for id in needsGradient where parameters.offsets[id] == nil { gradientMemory[id.index] = memory(for: id) }
  }

  private func memory(for id: TensorID) -> FloatMemory {
    FloatMemory(count: graph[id].shape.elementCount ?? 0)
  }

  // MARK: Running

  /// Runs the graph.
  ///
  /// - Parameters:
  ///   - inputs: In the graph's order.
  ///   - values: Of the parameters, as ``Parameters`` lays them out; they must live until ``backward(into:)`` is done.
  public func forward(_ inputs: [[Float]], parameters values: UnsafePointer<Float>) {
    effective = values
    for (id, input) in zip(graph.inputs, inputs) { valueMemory[id.index]?.fill(with: input) }
    for (_, step) in steps { step.forward(self) }
  }

  /// The gradients of all tensors start from zero.
  func clearGradients() { for memory in gradientMemory { memory?.clear() } }

  /// Adds to the gradient of an observed tensor.
  func seed(_ id: TensorID, _ gradient: UnsafePointer<Float>) {
    guard let memory = gradientMemory[id.index] else { return }
    for index in 0..<memory.count { memory.start[index] += gradient[index] }
  }

  /// Takes the gradients back through the graph, and adds those of the parameters to `gradients`.
  public func backward(into gradients: UnsafeMutablePointer<Float>) {
    parameterGradients = gradients
    for (node, step) in steps.reversed()
    where node.outputs.contains(where: { gradientMemory[$0.index] != nil }) {
      step.backward(self)
    }
  }

  public func values(of id: TensorID) -> [Float] {
    Array(UnsafeBufferPointer(start: value(id), count: graph[id].shape.elementCount ?? 0))
  }

  public func gradients(of id: TensorID) -> [Float] { gradientMemory[id.index]?.values ?? [] }

  var batchNorms: [BatchNormStep] { steps.compactMap { $0.step as? BatchNormStep } }

  // MARK: What steps use

  func value(_ id: TensorID) -> UnsafePointer<Float> {
    if let offset = parameters.offsets[id] { return effective + offset }
    return UnsafePointer(result(id))
  }

  /// Where a node's output goes.
  func result(_ id: TensorID) -> UnsafeMutablePointer<Float> {
    guard let memory = valueMemory[id.index] else { fatalError("tensor \(id.index) has no value") }
    return memory.start
  }

  /// Where the gradient of a tensor is added up; `nil` where none is needed.
  func gradient(_ id: TensorID) -> UnsafeMutablePointer<Float>? {
    if let offset = parameters.offsets[id] { return parameterGradients + offset }
    return gradientMemory[id.index]?.start
  }

  /// Memory for one step's own use, for each slot another one.
  func scratch(_ slot: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
    if let memory = scratchMemory[slot], memory.count >= count { return memory.start }
    let memory = FloatMemory(count: count)
    scratchMemory[slot] = memory
    return memory.start
  }

  func multiply(
    _ a: MatrixProduct.Operand, _ b: MatrixProduct.Operand, into c: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int
  ) {
    product.multiply(a, b, into: c, m: m, n: n, k: k) { scratch(0, $0) }
  }

  /// `sum += a * b`.
  func multiply(
    _ a: MatrixProduct.Operand, _ b: MatrixProduct.Operand, addingTo sum: UnsafeMutablePointer<Float>, m: Int,
    n: Int, k: Int
  ) {
    let product = scratch(1, m * n)
    multiply(a, b, into: product, m: m, n: n, k: k)
    for index in 0..<m * n { sum[index] += product[index] }
  }
}

/// One node's function and its gradient.
protocol Step {
  func forward(_ tape: Tape)
  /// Adds to the inputs' gradients what the output's gradient says.
  func backward(_ tape: Tape)
}

extension Tensor {
  /// The constant's elements as f32; integers as their numbers.
  var numbers: [Float] {
    guard let constant else { return [] }
    return switch elementType {
    case .f32: constant.elements(as: Float.self)
    case .i32: constant.elements(as: Int32.self).map { Float($0) }
    case .i64: constant.elements(as: Int64.self).map { Float($0) }
    case .bool, .u8: constant.elements(as: UInt8.self).map { Float($0) }
    case .i8: constant.elements(as: Int8.self).map { Float($0) }
    default: Array(repeating: 0, count: shape.elementCount ?? 0)
    }
  }
}
