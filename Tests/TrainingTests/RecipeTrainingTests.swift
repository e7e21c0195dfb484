import Compression
import Datasets
import Graph
import Lowering
import Testing

@testable import Training

@Suite struct RecipeTrainingTests {
  private func graph(_ seed: UInt64 = 3, softmax: Bool = true) throws -> Graph {
    var b = GraphBuilder(name: "small", weights: WeightRequest.seeded(seed))
    let image = b.input("image", shape: [1, 8, 8, 1])
    var x = b.conv2d(image, filters: 8, kernel: .square(3), activation: .relu, name: "first")
    x = b.conv2d(x, filters: 8, kernel: .square(3), activation: .relu, name: "second")
    x = b.maxPool(x, window: .square(2))
    x = b.dense(b.flatten(x), units: 16, activation: .relu, name: "features")
    let logits = b.dense(x, units: 10, name: "logits")
    b.output(softmax ? b.softmax(logits) : logits)
    return try b.build()
  }

  private var samples: TrainingSamples { TrainingSamples(.digits, at: Array(0..<128)) }
  private let options = TrainingOptions(epochs: 2, batchSize: 32, shardSize: 8)

  @Test func shiftsMoveImagesByAPixelAndBringZeros() throws {
    let first = TrainingSamples(.digits, at: [0])
    let shifted = first.withShifts()
    #expect(shifted.count == 5)
    #expect(shifted.labels == Array(repeating: first.labels?[0] ?? -1, count: 5))
    let (image, down) = (first.input(0), shifted.input(1))
    #expect(down[..<8].allSatisfy { $0 == 0 })
    #expect(Array(down[8...]) == Array(image[..<56]))
  }

  /// The loss lowers the divergence of the softened probabilities, which does not see what is added to all logits of a sample: the
  /// distance is of logits less their mean.
  @Test func aStudentComesNearerToItsTeacher() throws {
    let teacher = try graph(11)
    let outputs = try TeacherOutputs(of: teacher, on: samples)
    let student = try graph(12)
    func centred(_ logits: [Float]) -> [Float] {
      stride(from: 0, to: logits.count, by: 10).flatMap { first in
        let row = logits[first..<first + 10]
        let mean = row.reduce(0, +) / 10
        return row.map { $0 - mean }
      }
    }
    func distance(_ graph: Graph) throws -> Double {
      let found = centred(try TeacherOutputs(of: graph, on: samples).logits)
      return zip(found, centred(outputs.logits)).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    let taught = try Distillation(temperature: 2, softWeight: 1, featureWeight: 0.1).train(
      student, by: outputs, on: samples, TrainingOptions(epochs: 20, batchSize: 32, shardSize: 8))
    #expect(try distance(taught) < 0.2 * distance(student))
    #expect(taught.nodes.count == student.nodes.count)
  }

  @Test func aDerivedStudentHasNoMoreThanItsShareOfWidthAndDepth() throws {
    let teacher = try graph()
    let student = try DerivedStudent(width: 0.5, depth: 0.5).derive(from: teacher)
    let (whole, part) = (try teacher.cost(), try student.cost())
    #expect(part.parameters * 2 < whole.parameters)
    #expect(student.nodes.count == teacher.nodes.count - 1, "one layer could go, and half of one is none")
    #expect(student[student.outputs[0]].type == teacher[teacher.outputs[0]].type)
    _ = try evaluate(student, inputs: [Dataset.digits.input(0)])
    #expect(try DerivedStudent(width: 0.5).derive(from: teacher).nodes.count == teacher.nodes.count)
  }

  @Test func theImportanceOfAChannelIsWhatTheLossLosesByIt() throws {
    let graph = try graph()
    let objective = Objective(labels: samples.labels)
    let importance = try ChannelImportance.taylor(graph, objective, on: samples)
    let weights = try #require(graph.nodes[0].inputs[1])
    let found = try #require(importance[weights])
    #expect(found.count == 8)
    // A channel of zeros has nothing to lose.
    var silent = graph
    var values = try #require(graph[weights].constant?.elements(as: Float.self))
    for index in 0..<9 { values[index] = 0 }
    silent[weights].constant = TensorData(values)
    #expect(try ChannelImportance.taylor(silent, objective, on: samples)[weights]?[0] == 0)
    #expect(found.allSatisfy { $0 > 0 })
  }

  /// Sums in steps are exact, so the two differ by how a result that is nearly between two steps is rounded: by a step, and rarely
  /// (a step of an inner layer that does so moves the sums after it by a part of theirs).
  @Test(arguments: [true, false]) func fakeQuantizationComputesWhatTheIntegersDo(softmax: Bool) throws {
    let graph = try graph(3, softmax: softmax)
    let inputs = (0..<32).map { [Dataset.digits.input($0)] }
    let table = try CalibrationTable(observing: graph, inputs: inputs)
    let form = try FakeQuantization(of: graph, table)
    let int8 = try form.steps(of: form.prepared)
    // Weights as they will be: steps of their channel's scale.
    var rounded = form.trained
    for (id, axis) in form.weightAxes {
      let memory = FloatMemory(rounded[id].constant?.elements(as: Float.self) ?? [])
      WeightConstraint.quantized(bits: 8, axis: axis).apply(to: memory.start, rounded[id].shape)
      rounded[id].constant = TensorData(memory.values)
    }
    let output = try #require(int8.nodes.last?.inputs[0])
    let step = try #require(int8[output].quantization?.scales[0])
    var (same, all) = (0, 0)
    for input in inputs {
      let found = try evaluate(rounded, inputs: input)[0].elements(as: Float.self)
      for (x, y) in zip(found, try evaluate(int8, inputs: input)[0].elements(as: Float.self)) {
        #expect(abs(x - y) < 1.01 * step)
        same += abs(x - y) < 0.01 * step ? 1 : 0
        all += 1
      }
    }
    #expect(Double(same) > 0.9 * Double(all), "\(same) of \(all)")
  }

  /// Training has fitted the biases to the rounded weights; taking back the weights' mean error once more would undo it.
  @Test func theBiasesThatTrainingFoundStay() throws {
    let graph = try graph()
    let inputs = (0..<32).map { [Dataset.digits.input($0)] }
    let table = try CalibrationTable(observing: graph, inputs: inputs)
    let result = try QuantizationAwareTraining.train(graph, table) { graph, _ in graph }
    for (node, source) in zip(
      result.int8.nodes.filter { $0.inputs.count > 2 }, graph.nodes.filter { $0.inputs.count > 2 })
    {
      let bias = result.int8[try #require(node.inputs[2])]
      let scales = try #require(bias.quantization?.scales)
      let wanted = graph[try #require(source.inputs[2])].constant?.elements(as: Float.self) ?? []
      for (c, steps) in (bias.constant?.elements(as: Int32.self) ?? []).enumerated() {
        #expect(abs(Float(steps) * scales[c] - wanted[c]) <= 0.51 * scales[c])
      }
    }
  }

  @Test func aFamilyHasAMemberForEachShare() throws {
    let joint = JointCompression(
      shares: [0.5, 0.25], distillation: Distillation(), training: options, fineTuning: options)
    let members = try joint.family(
      of: graph(), on: samples, calibration: (0..<16).map { [Dataset.digits.input($0)] })
    #expect(members.map(\.share) == [0.5, 0.25])
    let sizes = try members.map { try $0.f32.cost().parameters }
    #expect(sizes[0] > sizes[1])
    for member in members {
      #expect(member.int8.tensors.contains { $0.elementType == .i8 && $0.constant != nil })
    }
  }
}
