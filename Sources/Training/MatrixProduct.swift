import CKernels

/// Products of matrices on the engine's kernels, row-major.
struct MatrixProduct {
  /// A matrix as it lies in memory, before ``isTransposed``.
  struct Operand {
    var start: UnsafePointer<Float>
    var isTransposed = false

    init(_ start: UnsafePointer<Float>, transposed: Bool = false) {
      self.start = start
      isTransposed = transposed
    }
  }

  private let isa = eb_isa_detect().rawValue

  /// `c[m, n] = a[m, k] * b[k, n]`.
  ///
  /// - Parameter scratch: Gives memory for as many floats as it is asked for.
  func multiply(
    _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int,
    scratch: (Int) -> UnsafeMutablePointer<Float>
  ) {
    var params = eb_matmul_params()
    params.batch = 1
    params.m = UInt32(m)
    params.n = UInt32(n)
    params.k = UInt32(k)
    params.transpose_a = a.isTransposed ? 1 : 0
    params.transpose_b = b.isTransposed ? 1 : 0
    params.scale = 1
    params.min = -.infinity
    params.max = .infinity
    params.isa = isa
    let bytes = eb_matmul_requirements(&params).scratch_bytes
    guard let run = eb_operator_for(UInt32(EB_OP_MATMUL_F32.rawValue))?.pointee.run else {
      fatalError("this build has no f32 product")
    }
    let workspace = scratch((bytes + 63) / 4 + 16)
    // Packed weights are read in whole vectors: from a boundary of 64 bytes.
    let aligned = UnsafeMutableRawPointer(
      bitPattern: (UInt(bitPattern: workspace) + 63) & ~63)
    let operands: [UnsafeMutableRawPointer?] = [
      UnsafeMutableRawPointer(mutating: a.start), UnsafeMutableRawPointer(mutating: b.start),
      UnsafeMutableRawPointer(c), aligned,
    ]
    var context = eb_context(threads: 1, pool: nil)
    run(&params, operands, &context)
  }
}
