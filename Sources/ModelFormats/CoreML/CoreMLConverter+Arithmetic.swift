import Graph

// Element-wise operations on two and three operands.

extension CoreMLConverter {
  static let arithmeticOperations: [String: Operation] = {
    var table: [String: Operation] = [
      "classify": CoreMLConverter.classify, "floor_div": direct(.floorDivide), "mod": direct(.floorModulo),
      "select": CoreMLConverter.select,
    ]
    for (name, op) in binaryNodes { table[name] = binary(op) }
    return table
  }()

  private static func binary(_ op: String) -> Operation {
    { converter in
      { (call) throws(ModelFormatError) in
        try converter.binary(op, try call.name("x"), try call.name("y"), call.output)
      }
    }
  }

  /// An operator of the graph's that ONNX does not have.
  private static func direct(_ op: Binary) -> Operation {
    { converter in
      { (call) throws(ModelFormatError) in
        _ = try converter.apply(
          .binary(op, activation: .none), [try call.name("x"), try call.name("y")], call.output)
      }
    }
  }

  func select(_ call: MILCall) throws(ModelFormatError) {
    try node("Where", [try call.name("cond"), try call.name("a"), try call.name("b")], call.output)
  }

  /// A classifier's last operation: the label is text, so what is left of it are the probabilities.
  func classify(_ call: MILCall) throws(ModelFormatError) { probabilities = try call.name("probabilities") }

  private static let binaryNodes: [String: String] = [
    "add": "Add", "equal": "Equal", "greater": "Greater", "greater_equal": "GreaterOrEqual", "less": "Less",
    "less_equal": "LessOrEqual", "logical_and": "And", "logical_or": "Or", "logical_xor": "Xor",
    "maximum": "Max",
    "minimum": "Min", "mul": "Mul", "not_equal": "NotEqual", "pow": "Pow", "real_div": "Div", "sub": "Sub",
  ]

  func binary(_ op: String, _ x: String, _ y: String, _ output: String?) throws(ModelFormatError) {
    if op == "NotEqual" {
      try apply(.binary(.notEqual, activation: .none), [x, y], output)
    } else {
      try node(op, [x, y], output)
    }
  }
}
