import ArgumentParser
import Compression
import DeviceProfiles
import Engines
import Execution
import Foundation
import Graph
import ModelFormats
import Records
import Training
import Units

/// `edgebench compress`: a model made smaller, as a file that this and other runtimes run.
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model, compressed or as it is, as TFLite, ONNX or a plan.",
    discussion: """
      Recipes, one after the other: \(Recipe.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")). \
      'reference' alone converts a model of any format that is read.

      With --dataset, recipes that train: \(CompressionStep.trainingSummary). After other recipes 'distilled' teaches what they \
      made; 'joint' writes OUT-50.EXT and so on, one for each share. A training that is killed, or stopped by --max-time, goes on \
      when the same command is given again, and ends with the same bits.

      Writes OUT and, beside it, OUT.json: the digests of source, samples and artefact, the recipes and the seed, how near the \
      outputs come to the source's and, on labelled data, the accuracy. Without samples, recipes that need ranges learn them \
      from seeded numbers, and the accuracy is unknown.
      """)

  @Argument(
    help: ArgumentHelp(
      "The model file, or 'suite:NAME' for a model of the reference suite.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("What to do, in this order.", valueName: "NAME[,NAME...]"))
  var recipe: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write: .tflite, .onnx, .ebgraph or .ebplan.", valueName: "OUT"))
  var output: String

  @OptionGroup var calibration: CalibrationOptions

  @Option(
    help: ArgumentHelp(
      "Data to calibrate, train and test on: .npy arrays, a .csv table, or a folder of images for each class.",
      valueName: "DIR"))
  var dataset: String?

  @OptionGroup var shape: ShapeOptions
  @OptionGroup(title: "Training") var training: TrainingRecipeOptions

  @Option(help: "The type of the file's inputs, where they become 8-bit steps: float or int8.")
  var inputType = PortType.float

  @Option(help: "The type of the file's outputs: float or int8.")
  var outputType = PortType.float

  @Option(
    help: ArgumentHelp(
      "The instruction set that a plan is for: neon, neonfp16dot, scalar, ...; this processor's where not given.",
      valueName: "NAME"))
  var isa: String?

  @OptionGroup var arithmetic: ArithmeticOption

  @Option(help: "Seed of made-up inputs, where no samples are given, and of trainings.")
  var seed: UInt64 = 7

  enum PortType: String, ExpressibleByArgument, CaseIterable { case float, int8 }

  /// How many inputs are made up where no samples are given.
  private static let seededCount = 8

  func run() throws {
    let steps = try CompressionStep.parse(recipe)
    try check(steps)
    let format = try ModelFile(path: output)
    let engine = try engine()
    guard arithmetic.arithmetic == .f32 || format == .ebplan else {
      throw CommandFailure.badInput(
        "--arithmetic f16 is of a plan; expected an OUT that ends in .ebplan, found '\(output)'.")
    }
    let source = try CompressionSource(model, shapes: try shape.byName())
    let data = try dataset.map { folder throws(CommandFailure) in
      try EvaluationData(folder: folder, for: source.graph, named: source.name)
    }
    let given = try calibration.samples(for: source.graph)
    let samples =
      data?.calibration ?? given?.inputs
      ?? source.graph.syntheticInputs(count: Self.seededCount, seed: seed)
    let setUp = try data.flatMap { data throws(CommandFailure) in try self.setUp(steps, data) }
    let job = CompressionJob(source: source.graph, samples: samples, training: setUp?.training)
    let results = try job.run(steps)
    if given == nil, data == nil, steps.contains(where: \.needsCalibration) {
      Terminal.warning(
        "ranges are learnt from seeded numbers, which say nothing of the task. Give samples with --calibration or --dataset."
      )
    }
    let reference = try data?.predictions(of: source.graph)
    for result in results {
      let path = path(of: result)
      let graph = try failing(as: .badInput) {
        try result.graph.exposingSteps(ofInputs: inputType == .int8, ofOutputs: outputType == .int8)
      }
      if let warning = engine.prunedLayers(of: graph).warning { Terminal.warning(warning) }
      try format.write(graph, to: path, engine: engine)
      var record = CompressionRecord(
        tool: Program.identity, command: Program.commandLine, source: source.file,
        artefact: try CompressionRecord.File(written: graph, to: path), recipes: steps.map(\.name),
        arithmetic: arithmetic.arithmetic.rawValue)
      record.calibration = .init(
        inputs: given == nil && data == nil ? "seeded" : "given", samples: samples.count,
        sha256: given?.digest ?? data?.digest, seed: given == nil && data == nil ? seed : nil,
        ranges: result.choice.map { "\($0.ranges)" }, equalizesChannels: result.choice?.equalizes)
      record.data = data.map { CompressionRecord.Data($0) }
      record.training = setUp.map { setUp in
        CompressionRecord.Training(
          setUp.training, studentSHA256: setUp.studentDigest, isDerived: steps.first == .distilled,
          share: result.share)
      }
      record.fidelity = try CompressionRecord.Fidelity(
        of: result.graph, to: source.graph, on: data?.testInputs ?? samples,
        named: data != nil ? "the test samples" : given != nil ? "the calibration samples" : "seeded numbers")
      if let data, let reference,
        let accuracy = try data.accuracy(of: result.graph, against: reference)
      {
        record.accuracy = .measured(accuracy)
      }
      try failing(as: .runFailed) {
        try AtomicFile.write(try record.json(), to: "\((path as NSString).deletingPathExtension).json")
      }
      try Terminal.output(record.text)
    }
    setUp?.removeCheckpoints()
  }

  private func check(_ steps: [CompressionStep]) throws(CommandFailure) {
    try training.check()
    guard dataset == nil || calibration.calibration.isEmpty else {
      throw .badInput(
        "--dataset and --calibration are both given; expected one: the data have a part to calibrate on.")
    }
    let trained = steps.first(where: \.trains)
    if let trained, dataset == nil {
      throw .badInput(
        "--recipe has '\(trained.name)', which trains; expected --dataset with samples to learn from.")
    }
    if trained == nil, training.maxTime != nil {
      throw .badInput("--max-time is given, and no recipe trains; expected one of distilled, qat and joint.")
    }
    if training.student != nil, steps.first != .distilled {
      throw .badInput("--student is given, and --recipe does not start with 'distilled', which would use it.")
    }
  }

  /// OUT, or OUT-50 for the member of a family that keeps half of the channels.
  private func path(of result: CompressionJob.Result) -> String {
    guard let share = result.share else { return output }
    let (stem, ext) = ((output as NSString).deletingPathExtension, (output as NSString).pathExtension)
    return "\(stem)-\(String(format: "%g", share * 100)).\(ext)"
  }

  private func setUp(
    _ steps: [CompressionStep], _ data: EvaluationData
  ) throws(CommandFailure) -> TrainingSetUp? {
    guard steps.contains(where: \.trains) else { return nil }
    return try TrainingSetUp(
      training, data, seed: seed, checkpoints: training.checkpoints ?? "\(output).checkpoints")
  }

  private func engine() throws(CommandFailure) -> BuiltinEngine {
    let arithmetic = arithmetic.arithmetic
    guard let isa else { return BuiltinEngine(arithmetic: arithmetic) }
    guard let engine = BuiltinEngine(instructionSet: isa, arithmetic: arithmetic) else {
      throw .badInput(
        "--isa is '\(isa)'; expected an instruction set such as neon, neonfp16dot, avx2 or scalar.")
    }
    return engine
  }
}
