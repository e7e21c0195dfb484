extension PlanError: CustomStringConvertible {
  /// One line: where, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .cannotMap(let errno):
      "plan: cannot be mapped (errno \(errno)); expected a readable, non-empty regular file."
    case .tooShort(let bytes, let expected):
      "plan: \(bytes) bytes long; expected at least \(expected). Write it again."
    case .notAPlan:
      "plan: does not start as a plan does; expected a .ebplan file."
    case .version(let found, let expected):
      "plan: version \(found); this build reads version \(expected). Write it again with this edgebench."
    case .wrongSize(let found, let expected):
      "plan: \(found) bytes long; its header says \(expected). Copy it again."
    case .wrongChecksum(let found, let expected):
      "plan: checksum \(found); its header says \(expected). Copy it again."
    case .section(let section, let fault):
      "plan: \(section.name): \(fault.text). Write it again."
    case .tensor(let index, let fault):
      "plan: tensor \(index): \(fault.text). Write it again."
    case .step(let index, let fault):
      "plan: step \(index): \(fault.text). Write it again with this edgebench."
    case .boundary(let section, let index, let fault):
      "plan: \(section.name) \(index): \(fault.text). Write it again."
    case .instructionSet(let number):
      "plan: packed for instruction set \(number), which this processor lacks. Lower the model for this one."
    case .outOfMemory(let bytes):
      "plan: needs \(bytes) bytes of memory, which the system does not give."
    case .noThreads(let count):
      "plan: the system does not give \(count) threads with their memory. Ask for fewer."
    }
  }
}

extension PlanSection {
  /// The section's name in messages.
  public var name: String {
    switch self {
    case .header: "header"
    case .tensors: "tensors"
    case .steps: "steps"
    case .operands: "operands"
    case .inputs: "inputs"
    case .outputs: "outputs"
    case .blob: "blob"
    case .constants: "constants"
    case .arena: "arena"
    case .states: "states"
    }
  }
}

extension SectionFault {
  var text: String {
    switch self {
    case .misaligned: "starts at an unaligned offset"
    case .outOfBounds: "reaches beyond the file"
    case .overlapping: "overlaps another section"
    case .tooLarge: "is larger than this machine can address"
    }
  }
}

extension TensorFault {
  var text: String {
    switch self {
    case .unknownSpace: "lies in an unknown space"
    case .unknownType: "has an unknown element type"
    case .badRank: "has more axes than a plan can hold"
    case .badDimensions: "has dimensions that do not make up its size"
    case .misaligned: "starts at an unaligned offset"
    case .outOfBounds: "reaches beyond its space"
    case .overlapping: "overlaps the state before it"
    case .badName: "has a name outside the blob"
    case .badInitialValue: "has an initial value outside the constants, or is no state"
    case .badQuantization: "has a scale that is negative or not finite"
    }
  }
}

extension StepFault {
  var text: String {
    switch self {
    case .unknownOperator: "calls an operator that this build does not have"
    case .badOperands: "has operands outside the tables, or the wrong number of them"
    case .badParameters: "has parameters outside the blob, or unaligned"
    case .wrongParameterSize: "has parameters of another size than its operator's"
    case .badName: "has a name outside the blob"
    case .writesConstant: "writes to a constant"
    case .sharesWorkspace: "shares its prepared workspace with another step"
    case .refused: "has parameters that its operator refuses for its operands"
    }
  }
}

extension BoundaryFault {
  var text: String {
    switch self {
    case .outOfBounds: "is outside the tensor table"
    case .notInArena: "is not in the arena"
    case .untyped: "has no element type"
    case .workspace: "is a step's workspace"
    }
  }
}
