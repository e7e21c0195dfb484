internal import Glibc

/// The facts of a machine that turn work into time before any calibration.
public struct Machine: Sendable, Hashable {
  /// "Cortex-A72".
  public var core: String
  /// MHz.
  public var clock: Double
  /// Bytes a second that one core copies, in millions.
  public var copyBandwidth: Double
  /// Whether the core has dot products of 8-bit numbers (ARMv8.2 and later).
  public var hasDotProduct: Bool

  public init(core: String, clock: Double, copyBandwidth: Double?, hasDotProduct: Bool) {
    self.core = core
    self.clock = clock
    self.copyBandwidth = copyBandwidth ?? Self.typical(core).bandwidth
    self.hasDotProduct = hasDotProduct
  }

  /// f32 operations a cycle, cache in KiB, and copy bandwidth in MB/s of boards with such cores.
  ///
  /// - Source: docs/latency-model.md, "Facts of cores".
  static func typical(_ core: String) -> (operations: Double, cache: Double, bandwidth: Double) {
    switch core {
    case "Cortex-A5": (2, 512, 900)
    case "Cortex-A7": (2, 512, 950)
    case "Cortex-A8": (4, 256, 500)
    case "Cortex-A9": (4, 512, 700)
    case "Cortex-A15", "Cortex-A17": (8, 512, 1500)
    case "Cortex-A35", "Cortex-A53": (8, 512, 1400)
    case "Cortex-A55": (8, 512, 2400)
    case "Cortex-A57": (8, 2048, 3700)
    case "Cortex-A72", "Cortex-A73": (8, 1024, 3000)
    case "FTC664": (8, 2048, 4000)
    case "Cortex-A76": (16, 2048, 7000)
    case "Cortex-A78AE", "Cortex-A78": (16, 3072, 9000)
    case "Carmel": (16, 4096, 12000)
    case "Cortex-A720": (16, 8192, 15000)
    default: (8, 512, 2000)
    }
  }

  /// Multiplications and additions a cycle of one core, each counted; what no product exceeds but for Winograd's trick.
  public func operationsPerCycle(_ precision: Precision) -> Double {
    let operations = Self.typical(core).operations
    return switch precision {
    case .f32: operations
    case .f16: operations * 2
    case .int8: operations * (hasDotProduct ? 2 : 1.33)
    }
  }

  /// Bytes a second that products read from memory: a copy reads as much as it writes, and reading alone is faster than both.
  public var readBandwidth: Double { copyBandwidth * 1e6 * 1.5 }

  /// Bytes a second that threads read from their caches or write there: four in half a cycle.
  public func cacheBandwidth(threads: Int) -> Double { 8 * clock * 1e6 * Double(threads) }

  /// Cores that are built alike: in order, small out of order, large out of order.
  static func family(_ core: String) -> Int {
    switch core {
    case "Cortex-A5", "Cortex-A7", "Cortex-A8", "Cortex-A35", "Cortex-A53", "Cortex-A55": 0
    case "Cortex-A9", "Cortex-A15", "Cortex-A17", "Cortex-A57", "Cortex-A72", "Cortex-A73": 1
    default: 2
    }
  }

  /// Whether such cores run 32-bit programs only.
  static func is32BitCore(_ core: String) -> Bool {
    ["Cortex-A5", "Cortex-A7", "Cortex-A8", "Cortex-A9", "Cortex-A15", "Cortex-A17"].contains(core)
  }

  /// Milliseconds of each class of work, at a coefficient of 1, in the order of ``WorkClass/allCases``.
  ///
  /// The factors (1.3 for products, 60 cycles for an element of softmax, ...) put the typical coefficient near 1.
  public func milliseconds(of work: Work, precision: Precision, threads: Int) -> [Double] {
    let typical = Self.typical(core)
    let count = Double(max(1, threads))
    let operations = operationsPerCycle(precision)
    let product = 2e-3 / (operations * clock * count)
    let cycle = 1e-3 / clock
    let bytes = precision.bytesPerElement
    // What stays in floating point where products are in int8.
    let wideBytes = precision == .int8 ? (hasDotProduct ? 2 : 4) : bytes
    let memory = 1 / (copyBandwidth * 1e3 * 1.5)
    var spilled = 0.0
    var cached = [WorkClass: Double]()
    for kind in Work.Traffic.allCases {
      let size = kind.isWide ? wideBytes : bytes
      for (bucket, elements) in work.traffic[kind.index].enumerated() where elements > 0 {
        // Of an operand much larger than half the cache, all comes from memory; of a smaller one, little.
        let ratio = typical.cache * 512 / (Double(1 << bucket) * 1.41 * size)
        cached[kind.workClass, default: 0] += elements * size / 4
        spilled += elements * size / (1 + ratio * ratio)
      }
    }
    func amount(_ workClass: WorkClass, pack: Int) -> Double {
      work.amounts[workClass.index].sorted { $0.key < $1.key }.reduce(0) { sum, entry in
        sum + entry.value * Self.idle(channels: entry.key, pack: pack, threads: threads)
      }
    }
    return WorkClass.allCases.map { workClass in
      switch workClass {
      case .gemm, .winograd, .convolution, .grouped: return amount(workClass, pack: 8) * product * 1.3
      case .depthwise: return amount(workClass, pack: precision == .f32 ? 4 : 8) * product * 4
      case .tokens: return work[workClass] * product * 4
      case .vectorProduct, .weights: return work[workClass] * bytes * memory
      case .tiles: return work[workClass] * cycle * 1.5 / count * (precision == .int8 ? 0.5 : bytes / 4)
      case .cache, .operands: return cached[workClass, default: 0] * cycle * 0.5 / count
      case .dram: return spilled * memory
      case .exponential: return work[workClass] * 8 * cycle / count
      case .softmax: return work[workClass] * 60 * cycle
      case .movement: return work[workClass] * cycle * 0.5 * wideBytes / 4
      case .quantization: return precision == .int8 ? work[workClass] * cycle / count : 0
      case .launch: return work[workClass] * 1e4 * cycle * (1 + 0.5 * log2(count))
      case .lightLaunch: return work[workClass] * 4e3 * cycle * (1 + 0.5 * log2(count))
      }
    }
  }

  /// How many times as long threads take that share out channels in whole packs, as they would if all had as much to do.
  private static func idle(channels: Int, pack: Int, threads: Int) -> Double {
    guard threads > 1, channels > 0 else { return 1 }
    let packs = (channels + pack - 1) / pack
    return Double((packs + threads - 1) / threads * threads) / Double(packs)
  }
}
