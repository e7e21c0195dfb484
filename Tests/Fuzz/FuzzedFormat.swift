import DeviceProfiles
import Foundation
import Graph
import Inference
import Lowering
import ModelFormats
import RecordFixtures
import Records
import TestSupport

/// What edgebench reads from outside, each with small sound examples and what is done with one.
enum FuzzedFormat: String, CaseIterable {
  case tflite, onnx, coreml, ncnn, npy, ebgraph, ebplan, record, profile

  /// Sound files, from which libFuzzer starts.
  func seeds() -> [[UInt8]] {
    switch self {
    case .tflite: TFLiteSamples.all.map { $0.bytes() }
    case .onnx: ONNXSamples.all.map { $0.bytes() }
    case .coreml: CoreMLSamples.all
    case .ncnn: Self.networks
    case .npy: (try? Self.arrays()) ?? []
    case .ebgraph: TFLiteSamples.all.compactMap { try? Self.compactGraph(of: $0.bytes()) }
    case .ebplan: TFLiteSamples.all.compactMap { try? Self.plan(of: $0.bytes()) }
    case .record: (try? [Array(RunRecord.sample().json())]) ?? []
    // The profiles that edgebench comes with; `scripts/fuzz` adds them.
    case .profile: []
    }
  }

  /// Reads `bytes` and uses what they are read into. Refusing them is fine; anything else than a result or an error is a
  /// finding.
  func attempt(_ bytes: [UInt8]) {
    switch self {
    case .tflite:
      if let graph = try? TFLiteReader.read(bytes: bytes, name: "model", Self.options) { Self.use(graph) }
    case .onnx:
      if let graph = try? ONNXReader.read(bytes: bytes, name: "model", Self.options) { Self.use(graph) }
    case .coreml:
      if let graph = try? CoreMLReader.read(bytes: bytes, name: "model", Self.options) { Self.use(graph) }
    case .ncnn:
      if let graph = try? Self.network(in: bytes) { Self.use(graph) }
    case .npy:
      if let array = try? NumpyFile(bytes: bytes, path: "array") { _ = try? array.serialized() }
    case .ebgraph:
      if let file = try? CompactGraphFile(bytes: bytes, path: "graph") { Self.use(file.graph) }
    case .ebplan:
      if let plan = try? Plan(bytes: Self.resealed(bytes)) { Self.run(plan) }
    case .record:
      if let record = try? RunRecord(json: Data(bytes), file: "record") { _ = try? record.json() }
    case .profile:
      _ = ProfileLibrary.check(text: String(decoding: bytes, as: UTF8.self), file: "profile")
    }
  }

  /// A file may make less of itself than for a user: libFuzzer has a limit of memory.
  private static var options: ReadOptions {
    var options = ReadOptions()
    options.mostMadeBytes = 256 << 20
    return options
  }

  // MARK: Use

  /// Sizes a graph, and runs it where that takes little time and memory.
  private static func use(_ graph: Graph) {
    guard (try? graph.validate()) != nil else { fatalError("a reader returned a graph that is not valid") }
    guard let cost = try? graph.cost(), cost.macs <= 1 << 20, cost.activationBytes <= 1 << 20 else { return }
    guard let plan = try? LoweredPlan(lowering: graph).serialized() else { return }
    // What edgebench writes, edgebench reads.
    guard let checked = try? Plan(bytes: plan) else { fatalError("a plan of edgebench's own was refused") }
    run(checked)
  }

  /// One inference on bytes of no meaning, where the plan asks for little memory.
  private static func run(_ plan: Plan) {
    guard plan.arenaBytes <= 1 << 24, plan.stateBytes <= 1 << 20, plan.stepCount <= 256,
      let executor = try? Executor(plan: plan, threads: 1)
    else { return }
    for input in 0..<plan.inputCount {
      executor.input(input).initializeMemory(as: UInt8.self, repeating: 0x3f)
    }
    executor.run()
  }

  // MARK: Seeds

  /// A structure and its weights in one input: two bytes for the structure's length, the structure, the weights. Where there
  /// are none, they are random.
  private static func network(in bytes: [UInt8]) throws -> Graph {
    let count = min(bytes.prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) }, max(0, bytes.count - 2))
    let weights = Array(bytes.dropFirst(2 + count))
    return try NcnnReader.read(
      structure: Array(bytes.dropFirst(2).prefix(count)), weights: weights.isEmpty ? nil : weights,
      name: "net.param",
      ReadOptions(randomWeights: 1))
  }

  private static var networks: [[UInt8]] {
    [(NcnnSamples.text, NcnnSamples.weights), (NcnnSamples.text, []), (NcnnSamples.binary, [])].map {
      littleEndian([UInt16($0.count)]) + $0 + $1
    }
  }

  private static func arrays() throws -> [[UInt8]] {
    try [
      NumpyFile(elementType: .f32, shape: [2, 3], data: TensorData([Float](repeating: 1, count: 6))),
      NumpyFile(elementType: .i64, shape: [4], data: TensorData([Int64](repeating: -1, count: 4))),
      NumpyFile(elementType: .bool, shape: .scalar, data: TensorData([UInt8(1)])),
    ].map { try $0.serialized() }
  }

  private static func compactGraph(of model: [UInt8]) throws -> [UInt8] {
    CompactGraphFile(try TFLiteReader.read(bytes: model, name: "seed")).serialized()
  }

  private static func plan(of model: [UInt8]) throws -> [UInt8] {
    try LoweredPlan(lowering: TFLiteReader.read(bytes: model, name: "seed")).serialized()
  }
}

extension TFLiteSamples {
  static var all: [TFLiteFile] { [convolutional(), quantized(), streaming(), openBatch()] }
}

extension ONNXSamples {
  static var all: [ONNXFile] { [convolutional(), quantized(), shapeArithmetic(), branching(), function()] }
}
