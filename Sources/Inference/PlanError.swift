/// Why a plan was refused. Indices are those of the file's tables; offsets and counts are in bytes.
public enum PlanError: Error, Equatable, Sendable {
  /// The file could not be mapped; an `errno` value.
  case cannotMap(errno: Int32)
  case tooShort(bytes: UInt64, expected: UInt64)
  case notAPlan
  case version(found: UInt32, expected: UInt32)
  case wrongSize(found: UInt64, expected: UInt64)
  case wrongChecksum(found: UInt64, expected: UInt64)
  case section(PlanSection, SectionFault)
  case tensor(index: Int, TensorFault)
  case step(index: Int, StepFault)
  /// An entry of the inputs or outputs table.
  case boundary(PlanSection, index: Int, BoundaryFault)
  /// Weights are packed for an instruction set that this processor does not have (`enum eb_isa`).
  case instructionSet(UInt32)
  case outOfMemory(bytes: UInt64)
  /// The system gives no threads, or no memory for their scratch.
  case noThreads(Int)
}

/// A part of the plan's file.
public enum PlanSection: UInt8, Sendable {
  case header, tensors, steps, operands, inputs, outputs, blob, constants, arena, states
}

public enum SectionFault: UInt8, Sendable {
  case misaligned, outOfBounds, overlapping, tooLarge
}

public enum TensorFault: UInt8, Sendable {
  case unknownSpace, unknownType, badRank, badDimensions, misaligned, outOfBounds, overlapping, badName
  case badInitialValue, badQuantization
}

public enum StepFault: UInt8, Sendable {
  case unknownOperator, badOperands, badParameters, wrongParameterSize, badName, writesConstant
  case sharesWorkspace
  /// The operator finds its operands too small for its parameters, or its parameters senseless.
  case refused
}

public enum BoundaryFault: UInt8, Sendable {
  case outOfBounds, notInArena, untyped, workspace
}
