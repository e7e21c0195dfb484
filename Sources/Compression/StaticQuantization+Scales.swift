internal import Graph

extension StaticQuantization {
  /// Tensors that must have one scale: what moves elements, or takes the largest of them, does not look at it.
  private struct SharedScale {
    var range: ClosedRange<Float>
    /// The specification's own, whatever the range.
    var fixed: Quantization?
  }

  /// Gives every tensor that a node on steps reads or makes its scale and zero point.
  mutating func chooseScales() throws(CompressionError) {
    var shared: [SharedScale] = []
    var group = [Int](repeating: -1, count: source.tensors.count)

    func join(_ id: TensorID) -> Int {
      if group[id.index] < 0 {
        group[id.index] = shared.count
        shared.append(SharedScale(range: table[id] ?? 0...0))
      }
      return group[id.index]
    }
    func merge(_ old: Int, into new: Int) {
      guard old != new else { return }
      shared[new].range = shared[new].range.union(shared[old].range)
      for index in group.indices where group[index] == old { group[index] = new }
    }

    for (number, node) in source.nodes.enumerated() where isInteger[number] {
      let inputs = activationInputs(of: node)
      for id in inputs { _ = join(id) }
      guard let output = node.outputs.first, source[output].elementType == .f32 else { continue }
      let made = join(output)
      shared[made].fixed = node.op.fixedScale
      guard node.op.keepsScale else { continue }
      // A concatenation of results with scales of their own brings each to the common one.
      let free = inputs.filter { shared[join($0)].fixed == nil }
      if inputs.count == 1 || free.isEmpty {
        let first = join(inputs[0])
        if let fixed = shared[first].fixed, inputs.contains(where: { shared[join($0)].fixed != fixed }) {
          continue
        }
        for id in [output] + inputs { merge(join(id), into: first) }
      } else {
        for id in free { merge(join(id), into: made) }
      }
      let common = join(output)
      for value in try paddingAndConstants(of: node) {
        shared[common].range = shared[common].range.union(value...value)
      }
    }
    for index in group.indices where group[index] >= 0 {
      let group = shared[group[index]]
      scales[TensorID(index)] = group.fixed ?? .asymmetric(covering: group.range)
    }
  }

  /// Numbers that a node moves besides its inputs, and that the common scale must hold.
  private func paddingAndConstants(of node: Node) throws(CompressionError) -> [Float] {
    switch node.op {
    case .pad(_, _, .constant(let value)): return value.isFinite ? [value] : []
    case .concat:
      var values: [Float] = []
      for case let id? in node.inputs {
        guard let constant = try source[id].finiteReals(), let least = constant.min(),
          let greatest = constant.max()
        else { continue }
        values += [least, greatest]
      }
      return values
    default: return []
    }
  }
}

extension Operator {
  /// The scale that the specification fixes for the results.
  fileprivate var fixedScale: Quantization? {
    switch self {
    case .softmax, .unary(.sigmoid): .unitInterval
    case .unary(.tanh): .signedUnitInterval
    default: nil
    }
  }

  /// Whether results have the scale and zero point of the inputs.
  fileprivate var keepsScale: Bool {
    switch self {
    case .concat, .reshape, .transpose, .pad, .slice, .broadcast, .tile, .resize, .depthToSpace,
      .spaceToDepth,
      .gather, .pool2d:
      true
    default: false
    }
  }
}
