import CPlanFormat
import Graph
import Inference
import Lowering

/// Plans that use most of the format: products with weights, working memory, states, and data movement.
enum PlanFixtures {
  static func convolutional() throws -> [UInt8] {
    var b = GraphBuilder(name: "fixture", weights: WeightRequest.seeded(11))
    let image = b.input("image", shape: [1, 9, 9, 3])
    var x = b.conv2d(image, filters: 8, kernel: .square(3), strides: .square(2), activation: .relu)
    x = b.depthwiseConv2d(x, kernel: .square(3), activation: .relu6)
    x = b.concat([x, b.maxPool(x, window: .square(3), strides: .one, padding: .same)], axis: 3)
    x = b.dense(b.flatten(x), units: 5)
    b.output(b.softmax(x))
    return try LoweredPlan(lowering: b.build()).serialized()
  }

  /// Keeps the last four inputs; returns them, oldest first.
  static func streaming() throws -> [UInt8] {
    var b = GraphBuilder(name: "stream", weights: WeightRequest.seeded(1))
    let value = b.input("value", shape: [1, 1])
    let state = b.state("window", shape: [1, 4], initial: TensorData([1, 2, 3, 4] as [Float]))
    let shifted = b.slice(b.read(state), begin: [0, 1], counts: [1, 3])
    let window = b.concat([shifted, value], axis: 1)
    b.write(window, to: state)
    b.output(window)
    return try LoweredPlan(lowering: b.build()).serialized()
  }

  static func header(of bytes: [UInt8]) -> eb_plan_header {
    bytes.withUnsafeBytes { $0.load(as: eb_plan_header.self) }
  }
}

extension [UInt8] {
  /// The plan with `edit` made to it and a checksum that fits again.
  func edited(_ edit: (inout [UInt8], inout eb_plan_header) -> Void) -> [UInt8] {
    var bytes = self
    var header = PlanFixtures.header(of: bytes)
    edit(&bytes, &header)
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: header, as: eb_plan_header.self) }
    return bytes.resealed()
  }

  func resealed() -> [UInt8] {
    var bytes = self
    var header = PlanFixtures.header(of: bytes)
    header.checksum = bytes.withUnsafeBytes { eb_plan_checksum($0.baseAddress, $0.count) }
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: header, as: eb_plan_header.self) }
    return bytes
  }

  /// Changes the entry at `index` of a table.
  mutating func edit<Entry: BitwiseCopyable>(
    _ table: eb_plan_table, _ index: Int, _ type: Entry.Type, _ edit: (inout Entry) -> Void
  ) {
    let offset = Int(table.offset) + index * MemoryLayout<Entry>.stride
    withUnsafeMutableBytes { bytes in
      var entry = bytes.loadUnaligned(fromByteOffset: offset, as: Entry.self)
      edit(&entry)
      bytes.storeBytes(of: entry, toByteOffset: offset, as: Entry.self)
    }
  }
}
