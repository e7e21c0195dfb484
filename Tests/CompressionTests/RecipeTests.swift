import Compression
import Foundation
import Graph
import ReferenceSuite
import Testing

@Suite struct RecipeTests {
  @Test func recipesGoFromTheLeastInvasive() {
    #expect(Recipe.all.map(\.name) == ["reference", "f16", "int8-dynamic", "int8-static", "pruned-50"])
    for recipe in Recipe.all { #expect(Recipe(named: recipe.name) == recipe) }
    #expect(Recipe(named: "int3") == nil)
  }

  @Test func referenceIsTheGraphItself() throws {
    let graph = try TestGraphs.residual()
    let inputs = graph.syntheticInputs(count: 2, seed: 1)
    let fidelity = try TestGraphs.fidelity(of: Recipe.reference.apply(to: graph), to: graph, inputs)
    #expect(fidelity.signalToNoise == .infinity)
    #expect(fidelity.agreeingSamples == 2)
  }

  @Test func quantizedModelsAreLeftAlone() throws {
    let graph = try TestGraphs.residual()
    let inputs = graph.syntheticInputs(count: 2, seed: 1)
    let table = try CalibrationTable(observing: graph, inputs: inputs)
    let quantized = try Recipe.int8Static.apply(to: graph, calibration: table)
    for recipe in Recipe.all.dropFirst() {
      let error = #expect(throws: CompressionError.self) {
        try recipe.apply(to: quantized, calibration: table)
      }
      #expect(error?.description == "\(recipe.name) does not apply: the model is already quantized.")
    }
  }

  @Test func graphsWithoutWeightsAreLeftAlone() throws {
    var b = GraphBuilder(name: "none")
    b.output(b.relu(b.input("x", shape: [1, 4])))
    let graph = try b.build()
    let table = try CalibrationTable(observing: graph, inputs: graph.syntheticInputs(count: 1, seed: 1))
    for recipe in Recipe.all.dropFirst() {
      #expect(throws: CompressionError.self) { try recipe.apply(to: graph, calibration: table) }
    }
  }

  @Test func staticQuantizationAsksForItsOwnCalibration() throws {
    let graph = try TestGraphs.residual()
    #expect(throws: CompressionError.self) { try Recipe.int8Static.apply(to: graph) }
    let foreign = CalibrationTable(tensorCount: 3)
    let error = #expect(throws: CompressionError.self) {
      try Recipe.int8Static.apply(to: graph, calibration: foreign)
    }
    #expect(error?.description.contains("has 3 tensors") == true)
  }

  @Test func weightsThatAreNotFiniteAreRefused() throws {
    let graph = try TestGraphs.residual().changing("first/kernel") { $0[7] = .nan }
    for recipe in [Recipe.f16, .int8Dynamic, .pruned50] {
      let error = #expect(throws: CompressionError.self) { try recipe.apply(to: graph) }
      #expect(error?.description.hasPrefix("tensor 'first/kernel' has an infinity or NaN") == true)
    }
  }

  @Test(arguments: Recipe.all) func variantsKeepInputsAndOutputs(recipe: Recipe) throws {
    let graph = try TestGraphs.residual()
    let inputs = graph.syntheticInputs(count: 2, seed: 1)
    let table = try CalibrationTable(observing: graph, inputs: inputs)
    let variant = try recipe.apply(to: graph, calibration: table)
    func signature(_ graph: Graph, _ ids: [TensorID]) -> [String] {
      ids.map { "\(graph[$0].name) \(graph[$0].type)" }
    }
    #expect(signature(variant, variant.inputs) == signature(graph, graph.inputs))
    #expect(signature(variant, variant.outputs) == signature(graph, graph.outputs))
  }
}
