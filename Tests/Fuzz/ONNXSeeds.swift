import ModelFormats
import TestSupport

/// An ONNX model of a few nodes, from which libFuzzer starts.
enum ONNXSeeds {
  /// A convolution with its weights, ReLU, and a reshape by a constant.
  static func convolutional() -> [UInt8] {
    ProtobufFields { model in
      model.integer(1, 8)
      model.message(7) { graph in
        node(&graph, "Conv", ["x", "w"], "c") { attribute in
          attribute.text(1, "pads")
          attribute.integers(8, [1, 1, 1, 1])
          attribute.integer(20, 7)
        }
        node(&graph, "Relu", ["c"], "r")
        node(&graph, "Reshape", ["r", "shape"], "y")
        graph.text(2, "seed")
        tensor(
          &graph, "w", type: 1, shape: [2, 1, 3, 3], littleEndian([UInt32](repeating: 0x3f80_0000, count: 18))
        )
        tensor(&graph, "shape", type: 7, shape: [2], littleEndian([Int64(1), -1]))
        value(&graph, 11, "x", [1, 1, 4, 4])
        value(&graph, 12, "y", [1, 32])
      }
      model.message(8) { $0.integer(2, 17) }
    }.bytes
  }

  private static func node(
    _ graph: inout ProtobufFields, _ op: String, _ inputs: [String], _ output: String,
    _ attribute: ((inout ProtobufFields) -> Void)? = nil
  ) {
    graph.message(1) { node in
      for input in inputs { node.text(1, input) }
      node.text(2, output)
      node.text(4, op)
      if let attribute { node.message(5, attribute) }
    }
  }

  private static func tensor(
    _ graph: inout ProtobufFields, _ name: String, type: Int, shape: [Int], _ data: [UInt8]
  ) {
    graph.message(5) { tensor in
      tensor.integers(1, shape)
      tensor.integer(2, type)
      tensor.text(8, name)
      tensor.data(9, data)
    }
  }

  private static func value(_ graph: inout ProtobufFields, _ number: Int, _ name: String, _ shape: [Int]) {
    graph.message(number) { value in
      value.text(1, name)
      value.message(2) { type in
        type.message(1) { tensor in
          tensor.integer(1, 1)
          tensor.message(2) { dimensions in
            for extent in shape { dimensions.message(1) { $0.integer(1, extent) } }
          }
        }
      }
    }
  }
}
