import Graph
import Lowering

/// An image of another size: along each axis every output element is a weighted sum of a few input elements.
///
/// The weights are asked of the engine itself, by resizing images that are 1 at one place.
struct ResizeStep: Step {
  let x, output: TensorID
  private let batch, channels: Int
  private let height, width: Axis
  private let outputCount: Int

  /// For each output element the input elements that it is made of.
  private struct Axis {
    let count: Int
    let terms: [[(source: Int, weight: Float)]]
  }

  /// Images of more rows or columns are not trained on.
  private static let largestExtent = 1024

  init(_ node: Node, _ resize: Resize, _ graph: Graph) throws(TrainingError) {
    func unsupported(_ reason: String) -> TrainingError {
      .unsupported(node: node.name, op: node.op.name, reason: reason)
    }
    guard let x = node.inputs[0], let output = node.outputs.first else {
      throw unsupported("it has no input")
    }
    let (from, to) = (graph[x].shape.dimensions, graph[output].shape.dimensions)
    guard (from[1...2] + to[1...2]).allSatisfy({ $0 <= Self.largestExtent }) else {
      throw unsupported("its images are larger than \(Self.largestExtent) on a side")
    }
    (self.x, self.output) = (x, output)
    (batch, channels, outputCount) = (from[0], from[3], to.reduce(1, *))
    func axis(_ from: Int, _ to: Int) throws(TrainingError) -> Axis {
      var probe = Graph(
        name: node.name,
        tensors: [
          Tensor(name: "x", elementType: .f32, shape: [1, from, 1, from]),
          Tensor(name: "y", elementType: .f32, shape: [1, to, 1, from]),
        ],
        nodes: [Node(name: node.name, op: .resize(resize), inputs: [TensorID(0)], outputs: [TensorID(1)])],
        outputs: [TensorID(1)])
      probe.inputs = [TensorID(0)]
      let places = (0..<from * from).map { Float($0 % from == $0 / from ? 1 : 0) }
      do throws(EvaluationError) {
        let weights = try evaluate(probe, inputs: [TensorData(places)])[0].elements(as: Float.self)
        return Axis(
          count: from,
          terms: (0..<to).map { row in
            (0..<from).compactMap { source in
              let weight = weights[row * from + source]
              return weight == 0 ? nil : (source, weight)
            }
          })
      } catch { throw unsupported(error.description) }
    }
    height = try axis(from[1], to[1])
    width = try axis(from[2], to[2])
  }

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    result.update(repeating: 0, count: outputCount)
    forEachTerm { place, source, weight in
      for channel in 0..<channels {
        result[place * channels + channel] += weight * input[source * channels + channel]
      }
    }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    forEachTerm { place, source, weight in
      for channel in 0..<channels {
        sum[source * channels + channel] += weight * gradient[place * channels + channel]
      }
    }
  }

  @inline(__always)
  private func forEachTerm(_ body: (_ place: Int, _ source: Int, _ weight: Float) -> Void) {
    var place = 0
    for image in 0..<batch {
      for row in height.terms {
        for column in width.terms {
          for (y, vertical) in row {
            for (x, horizontal) in column {
              body(place, (image * height.count + y) * width.count + x, vertical * horizontal)
            }
          }
          place += 1
        }
      }
    }
  }
}
