import Graph
import LatencyModel
import Testing

/// Steps of an imagined machine whose times are known for every size.
struct StepModelTests {
  /// 2 us, 0.05 ns a product, 0.02 ns a byte: what products by 1x1 kernels take there.
  private static func time(_ rows: Int, _ columns: Int, _ depth: Int) -> Double {
    2000 + 0.05 * Double(rows * columns * depth) + 0.02 * Double(4 * (rows * depth + rows * columns))
  }

  private static func call(_ rows: Int, _ columns: Int, _ depth: Int, kernel: String = "product/0")
    -> KernelCall
  {
    KernelCall(
      kernel: kernel, sizes: [rows, columns, depth], macs: rows * columns * depth,
      readBytes: 4 * rows * depth,
      writtenBytes: 4 * rows * columns, constantBytes: 4 * columns * depth)
  }

  /// Eight networks of nine steps; an inference takes 3 % more than its steps.
  private static func table() -> StepTable {
    var table = StepTable(engine: "builtin", instructionSet: "scalar", date: "2025-01-31", agent: "00")
    for network in 0..<8 {
      var sum = 0.0
      for step in 0..<9 {
        let (rows, columns, depth) = (16 << (step % 3), 16 + 24 * network, 32 << (step / 3))
        sum += time(rows, columns, depth)
        table.samples.append(
          StepSample(
            network: "n\(network)", threads: 1, call: call(rows, columns, depth),
            nanoseconds: time(rows, columns, depth)))
      }
      table.samples.append(.inference(of: "n\(network)", threads: 1, steps: 9, nanoseconds: 1.03 * sum))
    }
    return table
  }

  @Test func predictsSizesBetweenThoseThatWereTimed() throws {
    let model = try #require(StepModel(Self.table(), threads: 1))
    let calls = [(48, 100, 48), (24, 60, 100), (64, 184, 128)].map {
      (node: "n", call: Self.call($0.0, $0.1, $0.2))
    }
    let expected = 1.03 * (Self.time(48, 100, 48) + Self.time(24, 60, 100) + Self.time(64, 184, 128))
    let predicted = StepLatency(calls, model: model)
    // The times are the model's own form, so only the regularisation stands between them.
    #expect(abs(predicted.median / expected - 1) < 0.02)
    #expect(predicted.band90.contains(expected))
    #expect(predicted.caveats.isEmpty)
    #expect(predicted.networks == 8)
  }

  @Test func widensTheBandForAKernelThatWasNotTimed() throws {
    let model = try #require(StepModel(Self.table(), threads: 1))
    let known = StepLatency([(node: "n", call: Self.call(32, 64, 64))], model: model)
    let unknown = StepLatency([(node: "n", call: Self.call(32, 64, 64, kernel: "other"))], model: model)
    #expect(unknown.caveats.count == 1)
    #expect(
      unknown.band90.upperBound / unknown.median > 1.5 * known.band90.upperBound / known.median)
  }

  @Test func leavesEveryNetworkOutOnce() throws {
    var model = try #require(StepModel(Self.table(), threads: 1))
    let residuals = model.residuals()
    #expect(residuals.map(\.network) == (0..<8).map { "n\($0)" })
    #expect(residuals.allSatisfy { abs($0.log) < 0.05 })
  }

  @Test func hasNoModelForThreadsThatWereNotTimed() {
    #expect(StepModel(Self.table(), threads: 2) == nil)
  }

  @Test func tablesAreReadAsTheyWereWritten() throws {
    let table = Self.table()
    #expect(try StepTable(table.csv, path: "x.csv") == table)
  }

  @Test(arguments: [
    "", "no facts\n", "# engine=builtin isa=scalar date=2025-01-31 agent=0\n1,n,k,1x2,0,0,0,0,-5\n",
    "# engine=builtin isa=scalar date=2025-01-31 agent=0\n0,n,k,1x2,0,0,0,0,5\n",
    "# engine=builtin isa=scalar date=2025-01-31 agent=0\n1,n,k,,0,0,0,0,5\n",
    "# engine=builtin isa=scalar date=2025-01-31 agent=0\n1,n,k,-1,0,0,0,0,5\n",
  ])
  func refusesATableThatIsNone(text: String) {
    #expect(throws: TableError.self) { try StepTable(text, path: "x.csv") }
  }
}
