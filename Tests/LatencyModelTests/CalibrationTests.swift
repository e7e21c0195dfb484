import Foundation
import Graph
import LatencyModel
import Testing

/// A table of rows whose latencies follow from known coefficients.
private struct SyntheticTable {
  var work = WorkTable()
  var rows: [PublishedRow] = []

  /// Boards of one core; each is so many times as slow as plain arithmetic says.
  init(slowness: [String: Double], seed: UInt64 = 3) {
    var random = SplitMix64(seed: seed)
    for model in 0..<12 {
      var w = Work()
      w.add(.gemm, 1e8 * (1 + Double(random.next() % 50)))
      w.add(.depthwise, 1e6 * (1 + Double(random.next() % 50)))
      w.add(.launch, Double(20 + random.next() % 100))
      w.add(.wide, 1e6 * Double(1 + random.next() % 10), largest: 100_000)
      work.models["m\(model)"] = w
    }
    for (board, factor) in slowness.sorted(by: { $0.key < $1.key }) {
      for (model, w) in work.models.sorted(by: { $0.key < $1.key }) {
        var row = PublishedRow.sample
        row.board = board
        row.model = model
        let plain = PublishedCalibration.machine(of: row, [:]).milliseconds(
          of: w, precision: .f32, threads: 1)
        row.latency = plain.reduce(0, +) * factor
        rows.append(row)
      }
    }
  }
}

extension PublishedRow {
  static var sample: PublishedRow {
    let text = """
      board,core_type,core_mhz_max,isa,threads,model,precision,min_ms
      Board,Cortex-A53,1000,armv8.0,1,m0,fp32,10
      """
    return try! PublishedRow.read(text, path: "sample.csv")[0]
  }
}

@Suite struct CalibrationTests {
  @Test func aBoardThatIsTwiceAsSlowIsPredictedSo() throws {
    let table = SyntheticTable(slowness: ["a": 1, "b": 2])
    let fit = try #require(PublishedCalibration(table.rows, work: table.work, bandwidths: [:]))
    // Every row's model was left out of the fit that it is held against; ten rows of a board say what the eleventh is.
    for residual in fit.residuals() {
      #expect(abs(residual.log) < 0.1, "\(residual.row.model): \(residual.log)")
    }
    let subject = PublishedCalibration.Subject(
      id: "b", board: "b", coreType: "Cortex-A53",
      machine: Machine(core: "Cortex-A53", clock: 1000, copyBandwidth: nil, hasDotProduct: false),
      threads: [1])
    let calibrations = fit.calibrations(
      for: subject, engine: "ncnn", bands: ModelBands(), source: "test", date: "2026-01-01")
    let calibration = try #require(calibrations.first { $0.precision == .f32 })
    #expect(calibration.rows == 12)
    let gemm = calibration.coefficients[WorkClass.gemm.index]
    #expect((1.7...2.3).contains(gemm), "\(gemm)")
  }

  @Test func threeRowsPlaceABoardBetweenOthers() throws {
    var table = SyntheticTable(slowness: ["a": 1, "b": 1.1, "c": 0.9, "new": 1.6])
    table.rows = table.rows.filter { $0.board != "new" || ["m0", "m1", "m2"].contains($0.model) }
    let fit = try #require(PublishedCalibration(table.rows, work: table.work, bandwidths: [:]))
    let machine = Machine(core: "Cortex-A53", clock: 1000, copyBandwidth: nil, hasDotProduct: false)
    let subject = PublishedCalibration.Subject(
      id: "new", board: "new", coreType: "Cortex-A53", machine: machine, threads: [1])
    let calibration = try #require(
      fit.calibrations(for: subject, engine: "ncnn", bands: ModelBands(), source: "", date: "").first {
        $0.precision == .f32
      })
    let work = try #require(table.work.models["m7"])
    let plain = machine.milliseconds(of: work, precision: .f32, threads: 1)
    let predicted: Double = zip(plain, calibration.coefficients).map { $0 * $1 }.reduce(0, +)
    let measured: Double = plain.reduce(0, +) * 1.6
    #expect(abs(predicted / measured - 1) < 0.1)
  }

  @Test func anOutlierDoesNotDecide() throws {
    var table = SyntheticTable(slowness: ["a": 1, "b": 1])
    table.rows[5].latency *= 8
    let fit = try #require(PublishedCalibration(table.rows, work: table.work, bandwidths: [:]))
    let errors = fit.residuals().map { abs($0.log) }.sorted()
    #expect(errors[errors.count / 2] < 0.1)
  }

  @Test func coefficientsReadBackFromTheirTable() throws {
    let calibration = Calibration(
      subject: "rpi4", engine: "ncnn", precision: .int8, threads: 4,
      machine: Machine(core: "Cortex-A72", clock: 1800, copyBandwidth: 2326, hasDotProduct: false),
      coefficients: WorkClass.allCases.map { Double($0.index) + 0.25 }, rows: 5, medianError: 0.08,
      bandLog: 0.2,
      source: "a \"table\", with a comma", date: "2026-01-01")
    let text = Calibration.columns.joined(separator: ",") + "\n" + calibration.csv + "\n"
    #expect(try Calibration.read(text, path: "c.csv") == [calibration])
    #expect(throws: TableError.self) {
      try Calibration.read(text.replacingOccurrences(of: "0.25,1.25", with: "nan,1.25"), path: "c.csv")
    }
  }

  @Test(arguments: [
    ("", "no rows"),
    ("board,threads,model,precision,min_ms\n", "no column 'core_type'"),
    ("board,core_type,threads,model,precision,min_ms\nb,A53,1,m,fp32\n", "5 fields"),
    ("board,core_type,threads,model,precision,min_ms\nb,A53,0,m,fp32,3\n", "threads is '0'"),
    ("board,core_type,threads,model,precision,min_ms\nb,A53,1,m,fp32,nan\n", "min_ms is 'nan'"),
    ("board,core_type,threads,model,precision,min_ms\nb,A53,1,m,fp32,-3\n", "min_ms is '-3'"),
    ("board,core_type,threads,model,precision,min_ms\nb,A53,1,m,bf16,3\n", "precision is 'bf16'"),
    ("board,core_type,threads,model,precision,min_ms\n\"b,A53,1,m,fp32,3\n", "a quote without its end"),
    ("board,core_type,threads,model,precision,min_ms\n,A53,1,m,fp32,3\n", "board is ''"),
  ]) func aBrokenTableIsRefusedWithItsLine(text: String, expected: String) {
    let error = #expect(throws: TableError.self) { try PublishedRow.read(text, path: "t.csv") }
    #expect(error?.description.contains(expected) == true)
    #expect(error?.description.hasPrefix("t.csv:") == true)
  }

  @Test func rowsOfArmv82BoardsSayWhatTheyRanIn() throws {
    let text = """
      board,core_type,threads,model,precision,exec_dtype,isa,min_ms,avg_ms,flag
      b,Cortex-A55/Cortex-A76,1,squeezenet-ssd,fp32,fp16,armv8.2,,30,noisy:max>2xmin
      """
    let row = try PublishedRow.read(text, path: "t.csv")[0]
    #expect(row.precision == .f16)
    #expect(row.core == "Cortex-A76")
    #expect(row.model == "squeezenet_ssd")
    #expect(row.latency == 30 && row.isNoisy && row.hasDotProduct)
  }

  @Test func theLatestBuildOfAnEngineIsTheLargest() throws {
    let text = """
      board,core_type,threads,model,precision,min_ms,flag,engine,engine_version
      b,Cortex-A72,1,m,fp32,4,armv7 32-bit,TFLite + XNNPACK,TFLite 2.5.0 (python)
      b,Cortex-A72,1,m,fp32,4,arm64,TFLite builtin (ruy),TFLite 2.5.0 (python)
      b,Cortex-A72,1,m,fp32,4,arm64,TFLite + XNNPACK,TFLite 2.5.0 (python)
      b,Cortex-A72,1,m,fp32,4,arm64,TFLite builtin (ruy),2.18.0 benchmark_model
      """
    let builds = try PublishedRow.read(text, path: "t.csv", engine: "litert").map(\.build)
    #expect(builds == builds.sorted() && Set(builds).count == 4)
    let dated = "board,core_type,threads,model,precision,min_ms,ncnn_date\nb,A,1,m,fp32,4,"
    let early = try PublishedRow.read(dated + "2022-04-24", path: "t.csv")[0].build
    let late = try PublishedRow.read(dated + "2024-01-08", path: "t.csv")[0].build
    #expect(early < late)
  }

  @Test func anEngineWithoutWinogradMultipliesAllTaps() throws {
    var b = GraphBuilder(name: "g")
    let image = b.input("image", shape: [1, 16, 16, 16])
    b.output(b.conv2d(image, filters: 32, kernel: .square(3)))
    let work = try GraphWork(b.build(), traits: EngineTraits(engine: "litert")).total
    // 9 taps of 16 channels, and 48 products a sum to start with.
    let products: Double = 256 * 32 * 192
    #expect(work[.winograd] == 0 && work[.convolution] == products)
  }

  @Test func workCountsWhatAnEngineDoes() throws {
    var b = GraphBuilder(name: "g")
    let image = b.input("image", shape: [1, 16, 16, 16])
    var x = b.conv2d(image, filters: 32, kernel: .square(3), activation: .none)
    x = b.relu(x)  // fused
    x = b.conv2d(x, filters: 8, kernel: .square(1))
    x = b.depthwiseConv2d(x, kernel: .square(3))
    b.output(b.dense(b.globalAveragePool(x), units: 10))
    let work = try GraphWork(b.build())
    // 16x16 pixels; 2.25 products an output for 32 filters of 16 channels.
    let winograd: Double = 256 * 2.25 * 32 * 16
    let gemm: Double = 256 * 8 * 44
    let depthwise: Double = 256 * 8 * 9
    #expect(work.total[.winograd] == winograd)
    #expect(work.total[.gemm] == gemm)
    #expect(work.total[.depthwise] == depthwise)
    #expect(work.total[.vectorProduct] == 80)
    // Three convolutions and the dense layer; the average.
    #expect(work.total[.launch] == 4 && work.total[.lightLaunch] == 1)
  }

  @Test func whatOnlyProductsReadStaysInEightBits() throws {
    var b = GraphBuilder(name: "g")
    let image = b.input("image", shape: [1, 16, 16, 8])
    let first = b.relu(b.conv2d(image, filters: 16, kernel: .square(1), activation: .none))
    let second = b.conv2d(first, filters: 32, kernel: .square(1), activation: .none)
    b.output(b.add(second, second))
    let work = try GraphWork(b.build()).total
    func elements(_ kind: Work.Traffic) -> Double { work.traffic[kind.index].reduce(0, +) }
    // The first reads the image, which nobody made in 8 bits, and writes for a product; the second the other way round. Each rearranges
    // its input, written and read.
    let (pixels, wide, narrow, rearranged): (Double, Double, Double, Double) = (
      256, 8 + 32, 16 + 16, 2 * (8 + 16)
    )
    #expect(elements(.wideOperands) == pixels * wide)
    #expect(elements(.operands) == pixels * (narrow + rearranged))
    // Half of what is written, and what comes in floating point.
    let quantized: Double = 24 + 8
    #expect(work[.quantization] == pixels * quantized)
    let integers = try GraphWork(b.build(), traits: EngineTraits(engine: "litert")).total
    #expect(integers[.quantization] == 0 && integers.traffic[Work.Traffic.wide.index].reduce(0, +) == 0)
  }

  @Test func threadsIdleWhereChannelsDoNotShareOut() {
    var work = Work()
    work.add(.gemm, 1e9, width: 24)
    let machine = Machine(core: "Cortex-A53", clock: 1000, copyBandwidth: nil, hasDotProduct: false)
    func time(_ threads: Int) -> Double {
      machine.milliseconds(of: work, precision: .f32, threads: threads)[WorkClass.gemm.index]
    }
    // Three packs of 8 channels: three threads share them out, a fourth has nothing to do.
    #expect(abs(time(1) / time(3) - 3) < 1e-9)
    #expect(abs(time(1) / time(4) - 3) < 1e-9)
  }

  @Test func workReadsBackFromItsTable() throws {
    let table = SyntheticTable(slowness: [:]).work
    #expect(try WorkTable(table.csv, path: "w.csv").models == table.models)
    for line in ["m,gemm,-1,5", "m,gemm,0,nan", "m,traffic,40,1", "m,nothing,0,1"] {
      #expect(throws: TableError.self) { try WorkTable("model,class,bucket,amount\n\(line)", path: "w.csv") }
    }
  }

  @Test func bandsHoldNineOfTenResidualsOfTheirCore() throws {
    let own = (1...50).map { (core: "a", log: Double($0) / 100) }
    let few = (1...10).map { (core: "b", log: -Double($0)) }
    let bands = ModelBands([.model: own + few, .row: own.map { ("a", $0.log / 2) }, .board: [("a", 1.2)]])
    // ceil(0.9 * 51) = 46.
    #expect(bands.half(.model, core: "a") == 0.46)
    // Ten are too few for a band of their own: ceil(0.9 * 61) = 55 of all 60.
    #expect(bands.half(.model, core: "b") == 5)
    let unseen = bands.halfOfUnseenModel(.board, core: "a")
    let square: Double = 1.2 * 1.2 + 0.46 * 0.46 - 0.23 * 0.23
    #expect(abs(unseen - square.squareRoot()) < 1e-12)
    #expect(try ModelBands(bands.csv, path: "b.csv") == bands)
    #expect(throws: TableError.self) { try ModelBands("left_out,core,band_log\nmodel,a,inf", path: "b.csv") }
  }

  @Test func aBoardThatIsNotWhatItsRowSaysDoesNotSpoilItsCore() throws {
    var slowness = ["odd": 4.0]
    for name in ["a", "b", "c", "new"] { slowness[name] = 1 }
    let table = SyntheticTable(slowness: slowness)
    let fit = try #require(PublishedCalibration(table.rows, work: table.work, bandwidths: [:]))
    for residual in fit.residuals() where residual.row.board == "new" {
      // The mean of three boards and one four times as slow would be off by ln(4) / 4.
      #expect(abs(residual.logOfBoard) < log(4) / 6, "\(residual.logOfBoard)")
    }
  }

  @Test func layersAddUpToTheWhole() throws {
    var b = GraphBuilder(name: "g")
    let image = b.input("image", shape: [1, 32, 32, 3])
    let x = b.conv2d(image, filters: 16, kernel: .square(3), strides: .square(2))
    b.output(b.softmax(b.dense(b.globalAveragePool(x), units: 10)))
    let graph = try b.build()
    let calibration = Calibration(
      subject: "x", engine: "ncnn", precision: .f32, threads: 1,
      machine: Machine(core: "Cortex-A53", clock: 1000, copyBandwidth: nil, hasDotProduct: false),
      coefficients: Array(repeating: 1, count: WorkClass.allCases.count), rows: 1, medianError: nil,
      bandLog: 0.1,
      source: "", date: "")
    let latency = try CalibratedLatency(graph, calibration: calibration, known: WorkTable())
    let sum = latency.layers.map(\.time).reduce(0, +)
    #expect(abs(sum - latency.median) < 1e-6 * latency.median)
    #expect(latency.band90.lowerBound < latency.median && latency.median < latency.band90.upperBound)
    // No model of the calibration has any of this: the band is wider, and says why.
    #expect(!latency.caveats.isEmpty)
    #expect(latency.band90.upperBound > latency.median * 1.1)
  }
}
