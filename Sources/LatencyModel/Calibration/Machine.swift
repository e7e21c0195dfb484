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

  /// Milliseconds of each class of work, at a coefficient of 1, in the order of ``WorkClass/allCases``.
  ///
  /// The factors (1.3 for products, 60 cycles for an element of softmax, ...) put the typical coefficient near 1.
  public func milliseconds(of work: Work, precision: Precision, threads: Int) -> [Double] {
    let typical = Self.typical(core)
    let count = Double(max(1, threads))
    let operations: Double =
      switch precision {
      case .f32: typical.operations
      case .f16: typical.operations * 2
      case .int8: typical.operations * (hasDotProduct ? 2 : 1.33)
      }
    let product = 2e-3 / (operations * clock * count)
    let cycle = 1e-3 / clock
    let narrow = precision == .f16 ? 0.5 : 1
    let memory = precision.bytesPerElement / (copyBandwidth * 1e3 * 1.5)
    var cached = 0.0
    var spilled = 0.0
    for (bucket, elements) in work.traffic.enumerated() where elements > 0 {
      // Of an operand much larger than half the cache, all comes from memory; of a smaller one, little.
      let bytes = Double(1 << bucket) * 1.41 * precision.bytesPerElement
      let ratio = typical.cache * 512 / bytes
      cached += elements
      spilled += elements / (1 + ratio * ratio)
    }
    return WorkClass.allCases.map { workClass in
      let amount = work[workClass]
      switch workClass {
      case .gemm, .winograd, .convolution: return amount * product * 1.3
      case .tokens: return amount * product * 4
      case .depthwise: return amount * product * 4
      case .vectorProduct, .weights: return amount * memory
      case .tiles: return amount * cycle * 1.5 / count * narrow
      case .cache: return cached * cycle * 0.5 / count * narrow
      case .dram: return spilled * memory
      case .exponential: return amount * 8 * cycle / count
      case .softmax: return amount * 60 * cycle
      case .movement: return amount * cycle * 0.5 * narrow
      case .launch: return amount * 1e4 * cycle * (1 + 0.5 * log2(count))
      }
    }
  }
}
