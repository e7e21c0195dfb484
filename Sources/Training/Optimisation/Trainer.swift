import Datasets
import Digests
import Dispatch
public import Graph
import Lowering

/// Trains a graph's parameters on samples, in batches drawn in a seeded order.
///
///     var trainer = try Trainer(graph, objective, inputs: data.values, options)
///     let trained = try trainer.run(checkpoint: nil) { epoch, loss in print(epoch, loss) }
///
/// The same model, data, objective and options give the same bits on one instruction set, however many cores there are and
/// however often the training was interrupted.
public struct Trainer {
  private let graph: Graph
  private let objective: Objective
  private let options: TrainingOptions
  private let constraints: [TensorID: WeightConstraint]
  private let inputs: [Float]
  private let sampleSize: Int
  private let logits: TensorID
  private let classes: Int
  private let parameters: Parameters
  private let decays: FloatMemory
  private let shards: [Shard]
  private let key: String
  /// Means and variances of batch normalisations, in the order of the nodes.
  private let statistics: [TensorID]

  /// A share of each batch, with memory of its own.
  private final class Shard {
    let tape: Tape
    let gradients: FloatMemory
    var loss = 0.0

    init(_ tape: Tape, parameterCount: Int) {
      self.tape = tape
      gradients = FloatMemory(count: parameterCount)
    }
  }

  /// - Parameters:
  ///   - graph: For one sample at a time; with one input.
  ///   - inputs: All samples, one after the other.
  ///   - constraints: What some parameters are seen as while they train, and at the end become.
  ///   - tag: Anything else that the result depends on.
  /// - Throws: ``TrainingError`` where an operator has no gradient, or data and graph do not fit.
  public init(
    _ graph: Graph, _ objective: Objective, inputs: [Float], _ options: TrainingOptions,
    constraints: [TensorID: WeightConstraint] = [:], tag: String = ""
  ) throws(TrainingError) {
    guard graph.inputs.count == 1, let logits = graph.logits else {
      throw .mismatch("\(graph.name) has \(graph.inputs.count) inputs; expected a model of one input.")
    }
    sampleSize = graph[graph.inputs[0]].shape.elementCount ?? 0
    classes = graph[logits].shape.elementCount ?? 0
    guard sampleSize > 0, inputs.count % sampleSize == 0, inputs.count / sampleSize >= options.batchSize
    else {
      throw .mismatch(
        "\(inputs.count) numbers; expected at least \(options.batchSize) samples of \(sampleSize).")
    }
    guard options.batchSize % options.shardSize == 0, options.epochs >= 0 else {
      throw .mismatch("batches of \(options.batchSize); expected a multiple of \(options.shardSize).")
    }
    self.graph = graph
    self.objective = objective
    self.options = options
    self.constraints = constraints
    self.inputs = inputs
    self.logits = logits
    let parameters = Parameters(of: graph)
    guard parameters.count > 0 else {
      throw .mismatch("\(graph.name) has no f32 weights; expected a float model to train.")
    }
    self.parameters = parameters
    decays = FloatMemory(
      parameters.tensors.flatMap { id in
        Array(repeating: graph[id].shape.rank >= 2 ? 1 : 0, count: graph[id].shape.elementCount ?? 0)
      })
    statistics = graph.nodes.flatMap { node -> [TensorID] in
      if case .batchNorm = node.op { [node.inputs[3], node.inputs[4]].compactMap { $0 } } else { [] }
    }
    // The logits alone are asked for: what follows them needs no gradient.
    var trained = graph
    trained.outputs = [logits] + objective.targets.map(\.tensor)
    trained = trained.removingNodesBehindOutputs()
    let batched = try trained.batched(options.shardSize)
    var shards: [Shard] = []
    for _ in 0..<options.batchSize / options.shardSize {
      shards.append(
        Shard(
          try Tape(batched, parameters: parameters, observed: trained.outputs),
          parameterCount: parameters.count))
    }
    self.shards = shards
    key = Self.key(graph, objective, inputs, options, constraints, tag)
  }

  /// Trains to the end, or on from the checkpoint, and returns the graph with its new parameters, constraints applied.
  ///
  /// - Parameters:
  ///   - deadline: When it stops, with its state in the checkpoint.
  ///   - progress: Told of each epoch's mean loss.
  /// - Throws: ``TrainingError/diverged(epoch:)`` where the loss is not finite any more,
  ///   ``TrainingError/stopped(epoch:of:)`` at the deadline.
  public func run(
    checkpoint: CheckpointFile? = nil, deadline: ContinuousClock.Instant? = nil,
    progress: (_ epoch: Int, _ loss: Double) -> Void = { _, _ in }
  ) throws(TrainingError) -> Graph {
    var state = TrainingState(
      parameters: parameters.values(in: graph),
      moments: (0..<options.optimizer.momentCount).map { _ in Array(repeating: 0, count: parameters.count) },
      statistics: statistics.flatMap { graph[$0].constant?.elements(as: Float.self) ?? [] })
    let steps = options.epochs * stepsPerEpoch
    if let saved = try checkpoint?.load(key: key, like: state), saved.step <= steps { state = saved }
    let values = FloatMemory(state.parameters)
    let moments = state.moments.map { FloatMemory($0) }
    var saving = checkpoint.map { CheckpointClock($0) }
    func save() throws(TrainingError) {
      state.parameters = values.values
      state.moments = moments.map(\.values)
      try saving?.save(state, key: key)
    }
    let effective = FloatMemory(count: values.count)
    var order: [Int] = []
    var losses: [Double] = []
    while state.step < steps {
      let (epoch, index) = state.step.quotientAndRemainder(dividingBy: stepsPerEpoch)
      if order.isEmpty || index == 0 { order = self.order(of: epoch) }
      let batch = order[index * options.batchSize..<(index + 1) * options.batchSize]
      let loss = runStep(state.step + 1, of: steps, batch, values, effective, moments, &state.statistics)
      guard loss.isFinite else { throw .diverged(epoch: epoch + 1) }
      state.step += 1
      losses.append(loss)
      if index == stepsPerEpoch - 1 {
        progress(epoch + 1, losses.reduce(0, +) / Double(losses.count))
        losses = []
      }
      let isLate = deadline.map { ContinuousClock.now >= $0 && state.step < steps } ?? false
      if isLate || state.step == steps || saving?.isDue ?? false { try save() }
      if isLate { throw .stopped(epoch: epoch + 1, of: options.epochs) }
    }
    effective.start.update(from: values.start, count: values.count)
    constrain(effective.start)
    var result = parameters.write(effective.values, to: graph)
    var first = 0
    for id in statistics {
      let count = graph[id].shape.elementCount ?? 0
      result[id].constant = TensorData(Array(state.statistics[first..<first + count]))
      first += count
    }
    return result
  }

  var epochs: Int { options.epochs }
  private var stepsPerEpoch: Int { inputs.count / sampleSize / options.batchSize }

  /// The samples in the order of an epoch, which follows from the seed alone.
  private func order(of epoch: Int) -> [Int] {
    var order = Array(0..<inputs.count / sampleSize)
    var random = SplitMix64(seed: options.seed &+ UInt64(epoch) &* 0x9E37_79B9)
    order.shuffle(with: &random)
    return order
  }

  /// - Parameters:
  ///   - step: From 1 to `total`.
  ///   - effective: Room for the parameters with constraints applied.
  /// - Returns: The loss of the batch.
  private func runStep(
    _ step: Int, of total: Int, _ batch: ArraySlice<Int>, _ values: FloatMemory, _ effective: FloatMemory,
    _ moments: [FloatMemory], _ statistics: inout [Float]
  ) -> Double {
    effective.start.update(from: values.start, count: values.count)
    constrain(effective.start)
    let loss = differentiate(batch, effective)
    options.optimizer.apply(
      step: step, rate: options.schedule.rate(step: step, of: total),
      gradients: shards[0].gradients.start, decays: decays.start, moments: moments, to: values)
    updateStatistics(&statistics)
    return loss
  }

  /// The loss of a batch; its gradient is in the first shard's.
  private func differentiate(_ batch: ArraySlice<Int>, _ effective: FloatMemory) -> Double {
    let size = options.shardSize
    nonisolated(unsafe) let trainer = self
    nonisolated(unsafe) let weights = effective
    DispatchQueue.concurrentPerform(iterations: shards.count) { index in
      let first = batch.startIndex + index * size
      trainer.differentiate(trainer.shards[index], batch[first..<first + size], weights)
    }
    let sum = shards[0].gradients.start
    for shard in shards.dropFirst() {
      for i in 0..<parameters.count { sum[i] += shard.gradients.start[i] }
    }
    for (id, constraint) in constraints {
      if let offset = parameters.offsets[id] { constraint.mask(sum + offset) }
    }
    return shards.reduce(0) { $0 + $1.loss }
  }

  private func differentiate(_ shard: Shard, _ samples: ArraySlice<Int>, _ effective: FloatMemory) {
    var input: [Float] = []
    input.reserveCapacity(samples.count * sampleSize)
    for sample in samples { input += inputs[sample * sampleSize..<(sample + 1) * sampleSize] }
    shard.gradients.clear()
    shard.tape.clearGradients()
    shard.tape.forward([input], parameters: UnsafePointer(effective.start))
    shard.loss = objective.seed(
      shard.tape, logits: logits, classes: classes, samples: samples, batchSize: options.batchSize)
    shard.tape.backward(into: shard.gradients.start)
  }

  private func constrain(_ values: UnsafeMutablePointer<Float>) {
    for (id, constraint) in constraints {
      if let offset = parameters.offsets[id] { constraint.apply(to: values + offset, graph[id].shape) }
    }
  }

  /// A tenth of the way to the batch's own, shard after shard.
  private func updateStatistics(_ running: inout [Float]) {
    guard !running.isEmpty else { return }
    for shard in shards {
      for (index, value) in shard.tape.batchStatistics.enumerated() {
        running[index] += 0.1 * (value - running[index])
      }
    }
  }

  private static func key(
    _ graph: Graph, _ objective: Objective, _ inputs: [Float], _ options: TrainingOptions,
    _ constraints: [TensorID: WeightConstraint], _ tag: String
  ) -> String {
    func digest(_ values: [Float]) -> String {
      SHA256.hexadecimal(of: values.withUnsafeBytes { Array($0) })
    }
    let constants = graph.tensors.map { tensor in
      tensor.constant.map { SHA256.hexadecimal(of: $0.elements(as: UInt8.self)) } ?? "-"
    }
    let structure = graph.nodes.map { "\($0.op) \($0.inputs) \($0.outputs)" }
    let soft = objective.soft.map { "\(digest($0.logits)) \($0.temperature) \($0.weight)" } ?? "-"
    let targets = objective.targets.map { "\($0.tensor) \(digest($0.values)) \($0.weight)" }
    let hard = "\(objective.labels ?? []) \(objective.labelWeight) \(objective.smoothing)"
    let constrained = constraints.sorted { $0.key.index < $1.key.index }.map { "\($0.key): \($0.value)" }
    return
      (structure + constants + [hard, soft] + targets + constrained + [digest(inputs), "\(options)", tag])
      .joined(separator: "\n")
  }
}

extension Tape {
  /// The means and variances of the last batch, in the order of the nodes.
  var batchStatistics: [Float] {
    batchNorms.flatMap { step in
      let statistics = step.statistics(self)
      return statistics.mean + statistics.variance
    }
  }
}

extension Graph {
  /// Without the nodes that no output depends on. Tensors keep their numbers.
  func removingNodesBehindOutputs() -> Graph {
    var graph = self
    var needed = Set(outputs)
    graph.nodes = nodes.reversed().filter { node in
      guard node.outputs.contains(where: needed.contains) else { return false }
      needed.formUnion(node.inputs.compactMap { $0 })
      return true
    }.reversed()
    return graph
  }
}
