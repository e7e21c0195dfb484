import ModelFormats
import TestSupport

/// Core ML models of a few operations each.
enum CoreMLSamples {
  static let all = [network(), program()]

  /// A neural network of the older kind: convolution, ReLU, flatten, inner product, softmax.
  static func network() -> [UInt8] {
    model(version: 1, input: [2, 4, 4], output: [3]) { model in
      model.message(500) { network in
        layer(&network, "conv", "x", "c", 100) { conv in
          conv.integer(1, 2)
          conv.integer(2, 2)
          conv.integer(10, 1)
          conv.integers(20, [3, 3])
          conv.integers(30, [1, 1])
          conv.message(50) { _ in }
          conv.integer(70, 1)
          conv.message(90) { $0.floats(1, (0..<36).map { Float($0) / 36 }) }
          conv.message(91) { $0.floats(1, [0.5, -0.5]) }
        }
        // In place: the result takes the name of the input.
        layer(&network, "relu", "c", "c", 130) { $0.message(10) { _ in } }
        layer(&network, "flat", "c", "f", 301) { _ in }
        layer(&network, "dense", "f", "d", 140) { dense in
          dense.integer(1, 8)
          dense.integer(2, 3)
          dense.message(20) { $0.bytes(2, littleEndian([UInt16](repeating: 0x2c00, count: 24))) }  // f16 1/16
        }
        layer(&network, "softmax", "d", "y", 175) { _ in }
      }
    }
  }

  /// An ML program: a convolution with padding, ReLU, mean over rows and columns.
  static func program() -> [UInt8] {
    model(version: 6, input: [1, 2, 4, 4], output: [1, 3]) { model in
      model.message(502) { program in
        program.integer(1, 1)
        program.message(2) { function in
          function.string(1, "main")
          function.message(2) { main in
            main.message(1) { named(&$0, "x", type: 11, shape: [1, 2, 4, 4]) }
            main.string(2, "CoreML5")
            main.message(3) { block in
              block.string(1, "CoreML5")
              block.message(2) { body in
                body.string(2, "y")
                constant(&body, "w", type: 11, shape: [3, 2, 3, 3]) {
                  $0.message(1) { $0.floats(1, (0..<54).map { Float($0 % 5) }) }
                }
                constant(&body, "pad", type: 23, shape: [4]) {
                  $0.message(2) { $0.integers(1, [1, 1, 1, 1]) }
                }
                constant(&body, "kind", type: 2, shape: []) { $0.message(4) { $0.string(1, "custom") } }
                constant(&body, "axes", type: 23, shape: [2]) { $0.message(2) { $0.integers(1, [2, 3]) } }
                operation(
                  &body, "conv", [("x", "x"), ("weight", "w"), ("pad", "pad"), ("pad_type", "kind")], "c",
                  shape: [1, 3, 4, 4])
                operation(&body, "relu", [("x", "c")], "r", shape: [1, 3, 4, 4])
                operation(&body, "reduce_mean", [("x", "r"), ("axes", "axes")], "y", shape: [1, 3])
              }
            }
          }
        }
      }
    }
  }

  /// A program of one operation that edgebench does not know.
  static func unknownOperation() -> [UInt8] {
    model(version: 6, input: [2], output: [2]) { model in
      model.message(502) { program in
        program.message(2) { function in
          function.string(1, "main")
          function.message(2) { main in
            main.message(1) { named(&$0, "x", type: 11, shape: [2]) }
            main.message(3) { block in
              block.message(2) { body in
                body.string(2, "y")
                operation(&body, "sparkle", [("x", "x")], "y", shape: [2])
              }
            }
          }
        }
      }
    }
  }

  /// A network of a layer that its author wrote, and a softmax.
  static func customLayer() -> [UInt8] {
    model(version: 1, input: [2, 4, 4], output: [3]) { model in
      model.message(500) { network in
        layer(&network, "own", "x", "z", 500) { _ in }
        layer(&network, "softmax", "z", "y", 175) { _ in }
      }
    }
  }

  // MARK: Parts

  static func model(
    version: Int, input: [Int], output: [Int], _ build: (inout ProtobufWriter) -> Void
  ) -> [UInt8] {
    ProtobufWriter { model in
      model.integer(1, version)
      model.message(2) { description in
        for (number, name, shape) in [(1, "x", input), (10, "y", output)] {
          description.message(number) { feature in
            feature.string(1, name)
            feature.message(3) {
              $0.message(5) {
                $0.integers(1, shape)
                $0.integer(2, 65568)
              }
            }
          }
        }
      }
      build(&model)
    }.bytes
  }

  private static func layer(
    _ network: inout ProtobufWriter, _ name: String, _ input: String, _ output: String, _ kind: Int,
    _ build: (inout ProtobufWriter) -> Void
  ) {
    network.message(1) { layer in
      layer.string(1, name)
      layer.string(2, input)
      layer.string(3, output)
      layer.message(kind, build)
    }
  }

  private static func type(_ fields: inout ProtobufWriter, _ code: Int, _ shape: [Int]) {
    fields.message(1) { tensor in
      tensor.integer(1, code)
      tensor.integer(2, shape.count)
      for extent in shape { tensor.message(3) { $0.message(1) { $0.integer(1, extent) } } }
    }
  }

  private static func named(_ fields: inout ProtobufWriter, _ name: String, type code: Int, shape: [Int]) {
    fields.string(1, name)
    fields.message(2) { type(&$0, code, shape) }
  }

  private static func constant(
    _ body: inout ProtobufWriter, _ name: String, type code: Int, shape: [Int],
    _ tensor: (inout ProtobufWriter) -> Void
  ) {
    body.message(3) { operation in
      operation.string(1, "const")
      operation.message(3) { named(&$0, name, type: code, shape: shape) }
      operation.message(5) { attribute in
        attribute.string(1, "val")
        attribute.message(2) { value in
          value.message(2) { type(&$0, code, shape) }
          value.message(3) { $0.message(1, tensor) }
        }
      }
    }
  }

  private static func operation(
    _ body: inout ProtobufWriter, _ kind: String, _ inputs: [(String, String)], _ output: String, shape: [Int]
  ) {
    body.message(3) { operation in
      operation.string(1, kind)
      for (parameter, name) in inputs {
        operation.message(2) { input in
          input.string(1, parameter)
          input.message(2) { $0.message(1) { $0.string(1, name) } }
        }
      }
      operation.message(3) { named(&$0, output, type: 11, shape: shape) }
    }
  }
}
