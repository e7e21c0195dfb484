internal import CKernels

/// An instruction set that kernels exist for; the raw value is `enum eb_isa`'s.
public struct InstructionSet: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set with a name such as "avx2" or "neon".
  public init?(named name: String) {
    var isa = EB_ISA_SCALAR
    guard eb_isa_named(name, &isa) else { return nil }
    rawValue = isa.rawValue
  }

  /// Portable C: runs everywhere.
  public static let scalar = InstructionSet(rawValue: EB_ISA_SCALAR.rawValue)
  /// The best set of this processor, or the one that the environment's `EDGEBENCH_ISA` names.
  public static var host: InstructionSet { InstructionSet(rawValue: eb_isa_detect().rawValue) }

  /// Whether this processor and this build have it.
  var isSupported: Bool { eb_isa_is_supported(eb_isa(rawValue: rawValue)) }

  /// Whether there are kernels that multiply f16 by f16.
  public var hasHalfArithmetic: Bool { eb_has_f16_arithmetic(rawValue) }

  public var name: String? { eb_isa_name(eb_isa(rawValue: rawValue)).map { String(cString: $0) } }
}
