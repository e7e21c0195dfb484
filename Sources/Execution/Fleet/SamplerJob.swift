public import Foundation
public import Records

/// What a sampler measures: the first lines of each of its results, and its requests to the agent.
public struct SamplerJob: Codable, Sendable, Equatable {
  public var model: String
  public var modelDigest: String
  public var configuration: Configuration
  public var agentDigest: String
  /// Element types of inputs and outputs, as `od` names them ("f4", "d1"); "-" for one that it does not read.
  public var inputTypes: [String]
  public var outputTypes: [String]

  public init(
    model: String, modelDigest: String, configuration: Configuration, agentDigest: String,
    inputTypes: [String],
    outputTypes: [String]
  ) {
    self.model = model
    self.modelDigest = modelDigest
    self.configuration = configuration
    self.agentDigest = agentDigest
    self.inputTypes = inputTypes
    self.outputTypes = outputTypes
  }

  enum CodingKeys: String, CodingKey {
    case model, configuration
    case modelDigest = "model_sha256"
    case agentDigest = "agent_sha256"
    case inputTypes = "input_types"
    case outputTypes = "output_types"
  }

  /// The files of the sampler's folder that differ from device to device.
  ///
  /// - Parameter seconds: For sampling, at most.
  public func files(seconds: Int) throws -> [String: Data] {
    var measure = MeasurementRequest(plan: "model.ebplan")
    measure.budget = .seconds(seconds)
    measure.samples = Self.samples
    measure.maximumSamples = Self.samples
    var files: [String: Data] = [:]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for (suffix, sources) in [("seed", seeds), ("given", given)] {
      measure.inputs = sources
      let measuring = AgentRequest(measure, threads: configuration.threads, timer: nil)
      files["measure-\(suffix).json"] = try Self.line(measuring, sources)
      var inference = InferenceRequest(plan: "model.ebplan", outputFolder: "outputs")
      inference.inputs = sources
      var inferring = AgentRequest(inference, threads: configuration.threads)
      inferring.outputFolder = "outputs"
      files["infer-\(suffix).json"] = try Self.line(inferring, sources)
    }
    files["about.json"] = try encoder.encode(self) + Data("\n".utf8)
    func list(_ types: [String]) -> Data { Data(types.map { $0 + "\n" }.joined().utf8) }
    files["inputs.txt"] = list(inputTypes)
    files["outputs.txt"] = list(outputTypes)
    return files
  }

  /// A request whose files are relative: the script runs in the folder that holds them.
  private static func line(_ request: AgentRequest, _ sources: [InputSource]) throws -> Data {
    var request = request
    request.plan = "model.ebplan"
    for (index, source) in sources.enumerated() {
      if case .file(let name) = source { request.inputs[index].file = name }
    }
    return try Data(request.line)
  }

  /// The median's and the p99's intervals need no more.
  static let samples = 459

  private var seeds: [InputSource] { inputTypes.indices.map { _ in .seed(1) } }
  private var given: [InputSource] { inputTypes.indices.map { .file("inputs/\($0).raw") } }
}
