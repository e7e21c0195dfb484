public import Graph

/// How long one step of a plan took on a machine.
public struct StepSample: Sendable, Equatable {
  /// The network that it was a step of: what is left out together.
  public var network: String
  public var threads: Int
  public var call: KernelCall
  public var nanoseconds: Double

  public init(network: String, threads: Int, call: KernelCall, nanoseconds: Double) {
    self.network = network
    self.threads = threads
    self.call = call
    self.nanoseconds = nanoseconds
  }

  /// The kernel's name in lines for whole inferences, whose one size is the number of steps.
  static let inference = "inference"

  /// A whole inference.
  public static func inference(
    of network: String, threads: Int, steps: Int, nanoseconds: Double
  ) -> StepSample {
    StepSample(
      network: network, threads: threads,
      call: KernelCall(
        kernel: inference, sizes: [steps], macs: 0, readBytes: 0, writtenBytes: 0, constantBytes: 0),
      nanoseconds: nanoseconds)
  }

  static let columns = "threads,network,kernel,sizes,macs,read_bytes,written_bytes,constant_bytes,ns"

  var csv: String {
    CSVLine.text(
      ["\(threads)", network, call.kernel, call.sizes.map { "\($0)" }.joined(separator: "x")]
        + [call.macs, call.readBytes, call.writtenBytes, call.constantBytes].map { "\($0)" }
        + ["\(nanoseconds)"])
  }

  /// `nil` for a line that is none.
  init?(_ line: Substring) {
    guard let fields = CSVLine.fields(line), fields.count == 9, let threads = Int(fields[0]),
      (1...256).contains(threads), let time = Double(fields[8]), time > 0, time < 1e15
    else { return nil }
    let sizes = fields[3].split(separator: "x").compactMap { Int($0) }
    let counts = fields[4..<8].compactMap { Int($0) }
    guard (1...16).contains(sizes.count), counts.count == 4, (sizes + counts).allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    self.init(
      network: fields[1], threads: threads,
      call: KernelCall(
        kernel: fields[2], sizes: sizes, macs: counts[0], readBytes: counts[1], writtenBytes: counts[2],
        constantBytes: counts[3]), nanoseconds: time)
  }
}
