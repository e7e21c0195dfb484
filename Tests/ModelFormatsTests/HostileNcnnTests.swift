import Graph
import ModelFormats
import Testing

/// Structures and weights that are cut short, contradict themselves, or ask for too much.
@Suite struct HostileNcnnTests {
  private func failure(_ lines: [String], _ weights: [UInt8] = []) -> String? {
    do throws(ModelFormatError) {
      _ = try NcnnReader.read(
        structure: Array(lines.joined(separator: "\n").utf8), weights: weights, name: "net.param")
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    (["7767517"], "is no ncnn structure"),
    (["7767517", "1"], "expected the counts"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1"], "1 layers; expected 2"),
    (["7767517", "1 1", "Input d 0 9223372036854775807 d"], "expected type, name"),
    (["7767517", "1 1", "Input d 0 1 d 0=99999999999"], "expected a parameter"),
    (["7767517", "1 1", "Input d 0 1 d -23310=3,1"], "expected a parameter"),
    (
      ["7767517", "1 1", "Input d 0 1 d 0=2000000000 1=2000000000 2=2000000000"], "parameter 2 is 2000000000"
    ),
    (["7767517", "1 1", "ReLU r 1 1 x y"], "no Input layer"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "ReLU r 1 1 x y"], "no layer before it makes"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "ReLU r 1 1 d d"], "makes 'd' again"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Nonsense r 1 1 d e"], "is a Nonsense layer"),
    (
      ["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Convolution c 1 1 d e 0=1 1=1 6=1"],
      "ends 0 bytes after"
    ),
    (
      ["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Convolution c 1 1 d e 0=1 1=1 6=2"],
      "2 weights (parameter 6)"
    ),
    (
      ["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "ConvolutionDepthWise c 1 1 d e 0=3 1=1 6=3 7=2"],
      "in 2 groups"
    ),
    (
      ["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "InnerProduct c 1 1 d e 0=16777216 2=2147483647"],
      "expected a multiple"
    ),
    (
      ["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Slice s 1 2 d e f -23300=2,5,-233 1=0"], "part 0 of 5"
    ),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Reshape s 1 1 d e 0=-1 1=-1"], "expected a shape"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Crop s 1 1 d e 0=5"], "expected a part"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Softmax s 1 1 d e 0=7"], "axis 7"),
    (["7767517", "2 2", "Input d 0 1 d 0=2 1=2 2=1", "Interp s 1 1 d e 0=2 1=1e30 2=1"], "pixels"),
  ]) func aBrokenStructureIsRefusedWithItsPlace(lines: [String], expected: String) {
    let error = failure(lines)
    #expect(error?.contains(expected) == true, "\(error ?? "was read")")
    #expect(error?.contains("net.param") == true)
  }

  /// Any cut and any changed byte ends in a graph or an error, never in a crash.
  @Test func cutAndChangedFilesNeverCrash() {
    let text = NcnnSamples.text
    let options = ReadOptions(randomWeights: 1)
    for end in stride(from: 0, to: text.count, by: 7) {
      _ = try? NcnnReader.read(structure: Array(text[..<end]), name: "net.param", options)
    }
    var random = SplitMix64(seed: 11)
    for _ in 0..<500 {
      var changed = text
      for _ in 0..<3 {
        let digits = Array("0123456789-=., \n".utf8)
        changed[Int(random.next() % UInt64(text.count))] = digits[Int(random.next() % UInt64(digits.count))]
      }
      _ = try? NcnnReader.read(
        structure: changed, name: "net.param", ReadOptions(structureOnly: true))
    }
  }

  @Test func changedBinaryFilesNeverCrash() {
    let start = NcnnSamples.binary
    var random = SplitMix64(seed: 5)
    for _ in 0..<500 {
      var changed = start
      for _ in 0..<2 {
        changed[Int(random.next() % UInt64(start.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let end = Int(random.next() % UInt64(start.count + 1))
      _ = try? NcnnReader.read(
        structure: Array(changed[..<end]), name: "net.param.bin", ReadOptions(structureOnly: true))
    }
  }
}
