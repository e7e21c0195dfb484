internal import Graph

/// Defaults for devices without calibration, read off published whole-network figures.
///
/// The arithmetic is in docs/latency-model.md; ncnn's table (https://github.com/Tencent/ncnn, benchmark/README.md at
/// a4d2ea1d), one thread, f32 and int8, on Cortex-A53 (Raspberry Pi 3 B+), A72 (Pi 4) and A76 (Pi 5).
enum Efficiency {
  /// The share of a core's peak that kernels of a class reach.
  static func ofOneCore(_ kernelClass: KernelClass, _ precision: Precision) -> Double {
    switch kernelClass {
    case .depthwise, .depthwise3x3s1, .depthwise3x3s2:
      // f32: geometric mean of 0.041 (A53) and 0.059 (A72); int8: of 0.040, 0.058 and 0.096 (A76).
      precision == .int8 ? 0.06 : 0.05
    default:
      // f32: between 0.77 (A53) and 0.93 (A72); int8: 0.58, 0.63 and 0.63 of the peak in ResNet-50.
      // No Winograd: a 3x3 convolution counts like any other product.
      precision == .int8 ? 0.6 : 0.8
    }
  }

  /// Amdahl's law with the serial share that the speed-up from 1 to 4 threads implies.
  static func speedUp(of threads: Int, _ precision: Precision) -> Double {
    // Geometric means over Pi 3 B+, 4, 5 and Zero 2 W: 1.77 in floating point, 2.14 in int8;
    // serial = (4 / speed-up - 1) / 3.
    let serial = precision == .int8 ? 0.29 : 0.42
    return 1 / (serial + (1 - serial) / Double(threads))
  }
}
