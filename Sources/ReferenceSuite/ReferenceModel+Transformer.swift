internal import Graph

extension ReferenceModel {
  /// KWT-1: 98 frames of 40 MFCCs to 35 keywords; 12 post-norm layers of width 64 with one head.
  public static let keywordTransformer = ReferenceModel(
    id: "kwt-1", name: "Keyword Transformer KWT-1", task: "keyword spotting",
    source: "Berg, O'Connor and Cruz, arXiv:2104.00769, table 1"
  ) { b in
    let width = 64
    let frames = 98
    var x = b.dense(b.input("mfcc", shape: [1, frames, 40]), units: width, name: "embed")
    // The class token goes before the frames; its answer is what the head reads.
    let token = b.constant("class_token", shape: [1, 1, width], b.values("class_token", count: width))
    x = b.concat([token, x], axis: 1, name: "tokens")
    let positions = b.constant(
      "positions", shape: [1, frames + 1, width], b.values("positions", count: (frames + 1) * width))
    x = b.add(x, positions, name: "embed/positions")
    for layer in 1...12 {
      let name = "layer\(layer)"
      x = b.layerNorm(
        b.add(x, b.attention(x, width: width, name: name), name: "\(name)/add1"), name: "\(name)/norm1")
      let hidden = b.gelu(b.dense(x, units: 4 * width, name: "\(name)/mlp1"), name: "\(name)/gelu")
      let mixed = b.dense(hidden, units: width, name: "\(name)/mlp2")
      x = b.layerNorm(b.add(x, mixed, name: "\(name)/add2"), name: "\(name)/norm2")
    }
    let answer = b.slice(x, begin: [0, 0, 0], counts: [1, 1, width], name: "answer")
    let logits = b.dense(b.reshape(answer, to: [1, width], name: "answer/flat"), units: 35, name: "logits")
    b.output(b.softmax(logits, name: "probabilities"))
  }
}

extension GraphBuilder {
  /// Attention of one head over `[1, tokens, width]`, without biases on query, key and value.
  fileprivate mutating func attention(_ x: TensorID, width: Int, name: String) -> TensorID {
    let query = dense(x, units: width, useBias: false, name: "\(name)/query")
    let key = dense(x, units: width, useBias: false, name: "\(name)/key")
    let value = dense(x, units: width, useBias: false, name: "\(name)/value")
    let scale = constant("\(name)/scale", shape: [1], [1 / Float(width).squareRoot()])
    let scores = multiply(
      matMul(query, key, transposeB: true, name: "\(name)/scores"), scale, name: "\(name)/scaled")
    let mixed = matMul(softmax(scores, name: "\(name)/weights"), value, name: "\(name)/mixed")
    return dense(mixed, units: width, name: "\(name)/out")
  }

  /// `count` small values from the weights' generator.
  fileprivate func values(_ name: String, count: Int) -> [Float] {
    constantValues(
      WeightRequest(name: name, role: .bias, shape: [count], fanIn: 1, fanOut: 1, activation: .none))
  }
}
