import Compression
import Graph
import ModelFormats
import Testing

/// What recipes make is written as files that are read back and compute the same.
@Suite struct WrittenVariantTests {
  @Test(arguments: Recipe.all) func variantsSurviveTFLite(recipe: Recipe) throws {
    let graph = try TestGraphs.residual()
    let inputs = graph.syntheticInputs(count: 4, seed: 1)
    let variant = try recipe.apply(
      to: graph, calibration: CalibrationTable(observing: graph, inputs: inputs))
    let bytes = try TFLiteWriter.bytes(of: variant)
    let read = try TFLiteReader.read(bytes: bytes, name: variant.name)
    #expect(try TFLiteWriter.bytes(of: read) == bytes, "what is read is written again, byte for byte")
    let fidelity = try TestGraphs.fidelity(of: read, to: variant, inputs)
    // Integers come back to the bit. Sums of numbers may be taken in another order where a batch norm became two steps:
    // 2^-24 each, 144 dB, of which ten layers and sums of 32 leave well over 100. Working the norm into f16 weights
    // rounds these once more, to 2^-12 of each: 72 dB, less 10 for the layers after it.
    #expect(try #require(fidelity.signalToNoise) >= (recipe == .f16 ? 62 : 100))
  }

  @Test(arguments: Recipe.all) func variantsSurviveONNX(recipe: Recipe) throws {
    let graph = try TestGraphs.residual()
    let inputs = graph.syntheticInputs(count: 4, seed: 1)
    let variant = try recipe.apply(
      to: graph, calibration: CalibrationTable(observing: graph, inputs: inputs))
    let read = try ONNXReader.read(bytes: ONNXWriter.bytes(of: variant), name: variant.name)
    let fidelity = try TestGraphs.fidelity(of: read, to: variant, inputs)
    // As in TFLite; but ONNX's dynamic-range weights are widened in the file, so that activations stay f32 there: 8 bits less
    // in 9 layers, 44 dB each, leave 34.
    let least: [Recipe: Double] = [.f16: 62, .int8Dynamic: 34, .int8Static: 30]
    #expect(try #require(fidelity.signalToNoise) >= least[recipe] ?? 100)
  }
}
