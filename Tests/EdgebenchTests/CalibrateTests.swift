import Foundation
import Testing

/// `calibrate` and `predict` on a table of three rows.
@Suite struct CalibrateTests {
  private static let structure = """
    7767517
    4 4
    Input data 0 1 data 0=64 1=64 2=3
    Convolution c 1 1 data a 0=32 1=3 3=2 4=1 5=1 6=864 9=1
    Convolution d 1 1 a b 0=32 1=1 5=1 6=1024 9=1
    InnerProduct f 1 1 b out 0=10 1=1 2=327680
    """

  @Test func brokenTablesAreRefusedWithTheirLine() throws {
    let scratch = try Scratch()
    let table = try scratch.write(
      "board,core_type,threads,model,precision,min_ms\nb,Cortex-A53,1,squeezenet,fp32,-1\n", to: "t.csv")
    let run = try EdgebenchProcess.run(["calibrate", "--from", table, "-o", "b.yaml"], in: scratch)
    #expect(run.status == 2)
    #expect(run.errors.contains("t.csv:2: min_ms is '-1'"))
  }

  @Test func aModelIsPredictedFromItsStructureAlone() throws {
    let scratch = try Scratch()
    let model = try scratch.write(Self.structure, to: "net.param")
    let arguments = [
      "predict", model, "--profile", "rpi4", "--engine", "ncnn", "--precision", "int8", "--threads", "4",
    ]
    let run = try EdgebenchProcess.run(arguments + ["--json", "-"], in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    let json = try #require(object as? [String: Any])
    let latency = try #require(json["latency_ns"] as? [String: Any])
    let median = try #require(latency["median"] as? Double)
    let band = try #require(latency["band90"] as? [Double])
    #expect(band[0] < median && median < band[1])
    #expect(json["evidence"] as? String == "projected")
    #expect(json["threads"] as? Int == 4)
  }
}
