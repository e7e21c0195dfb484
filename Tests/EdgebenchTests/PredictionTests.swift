import Foundation
import Testing

@Suite struct PredictionTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "small.tflite")
  }

  private func object(_ arguments: [String]) throws -> [String: Any] {
    let result = try EdgebenchProcess.run(arguments + ["--json", "-"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  @Test func aPredictionHasTheNamesThatScriptsRelyOn() throws {
    let prediction = try object(["predict", "small.tflite", "--profile", "rpi4"])
    let latency = try #require(prediction["latency_ns"] as? [String: Any])
    let median = try #require(latency["median"] as? Double)
    let band = try #require(latency["band90"] as? [Double])
    #expect(band.count == 2 && band[0] < median && median < band[1])
    #expect(prediction["evidence"] as? String == "projected")
    #expect(prediction["engine"] as? String == "builtin")
    #expect(prediction["threads"] as? Int == 1)
    #expect(prediction["precision"] as? String == "f32")
    // 8 * 8 * 16 * 27 of the convolution, 160 of the dense layer.
    #expect(prediction["macs"] as? Int == 27648 + 160)
    // Weights and biases: 16 * 27 + 16 and 160.
    #expect(prediction["parameters"] as? Int == 608)
    let classes = try #require(prediction["classes"] as? [[String: Any]])
    let shares = classes.compactMap { $0["share"] as? Double }
    // A sum of doubles: an ulp of 1 each.
    #expect(abs(shares.reduce(0, +) - 1) <= Double(shares.count) * 1.0.ulp)
    #expect(shares == shares.sorted(by: >))
  }

  @Test func moreThreadsThanCoresCountNoMore() throws {
    let four = try object(["predict", "small.tflite", "--profile", "rpi4", "--threads", "4"])
    let result = try EdgebenchProcess.run(
      ["predict", "small.tflite", "--profile", "rpi4", "--threads", "9", "--json", "-"], in: scratch)
    #expect(result.errors.hasPrefix("warning: 9 threads: the fastest cores of rpi4 are 4"))
    let nine = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    #expect(nine?["threads"] as? Int == 4)
    #expect((nine?["latency_ns"] as? NSDictionary) == (four["latency_ns"] as? NSDictionary))
  }

  @Test func aProfileWithoutTheFiguresIsRefusedWithTheirNames() throws {
    let result = try EdgebenchProcess.run(["predict", "small.tflite", "--profile", "host"], in: scratch)
    result.expectOneLine(status: 2, "Profile 'host' lacks", "f32-per-cycle", "measure on the board")
  }

  @Test func theTextHasTheMedianItsBandAndWhereTheTimeGoes() throws {
    let result = try EdgebenchProcess.run(["predict", "small.tflite", "--profile", "rpi4"], in: scratch)
    #expect(result.output.hasPrefix("small on rpi4: median latency "))
    #expect(result.output.contains("builtin, 1 thread, f32; 27808 MACs, 608 parameters\n"))
    #expect(result.output.contains("conv3x3s1"))
    #expect(result.output.contains("bound by"))
  }

  @Test func everyDeviceHasItsRowTheSmallestFirst() throws {
    let sizing = try object(["size", "small.tflite", "--latency", "1s"])
    let devices = try #require(sizing["devices"] as? [[String: Any]])
    let names = devices.compactMap { $0["profile"] as? String }
    #expect(names.count > 20 && Set(names).count == names.count)
    let zero = try #require(names.firstIndex(of: "rpi-zero-2w"))
    let four = try #require(names.firstIndex(of: "rpi4"))
    #expect(zero < four)
    let row = devices[four]
    #expect(row["answer"] as? String == "fits as it is")
    #expect(row["verdict"] as? String == "compression not required")
    #expect(try #require(row["margin"] as? Double) > 0.9)
    #expect(try #require(row["peak_memory_bytes"] as? Int) > 1 << 20)
    // What no source tells is not made up.
    let unknown = try #require(devices.first { $0["profile"] as? String == "siemens-iot2050" })
    #expect(unknown["answer"] as? String == "cannot tell")
    #expect(unknown["latency_ns"] == nil)
    #expect(scratch.leftovers == [])
  }

  @Test func noDeviceHoldsWhatNoneCan() throws {
    let sizing = try object(["size", "small.tflite", "--memory", "64KiB"])
    let devices = try #require(sizing["devices"] as? [[String: Any]])
    #expect(devices.allSatisfy { $0["answer"] as? String == "does not fit" })
    #expect(devices.allSatisfy { ($0["margin"] as? Double ?? 0) < 0 })
  }

  @Test func theTableSaysWhatIsMissing() throws {
    let result = try EdgebenchProcess.run(["size", "small.tflite", "--latency", "1s"], in: scratch)
    #expect(result.status == 0)
    #expect(result.output.contains("fits as it is"))
    #expect(result.output.contains("siemens-iot2050: p90 latency is unknown"))
  }
}
