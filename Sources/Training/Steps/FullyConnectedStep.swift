import Graph

/// `Y = X W' + b`: `dW = D' X`, `dX = D W`, `db` the column sums of `D`.
struct FullyConnectedStep: Step {
  let x, weights: TensorID
  let bias: TensorID?
  let output: TensorID
  let rows, depth, units: Int
  let activation: Activation

  func forward(_ tape: Tape) {
    let result = tape.result(output)
    tape.multiply(
      .init(tape.value(x)), .init(tape.value(weights), transposed: true), into: result, m: rows, n: units,
      k: depth)
    if let bias { addBias(tape.value(bias), to: result, count: rows, columns: units) }
    activation.apply(to: result, count: rows * units)
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradientBeforeActivation(output, activation, count: rows * units) else {
      return
    }
    if let bias, let sums = tape.gradient(bias) {
      addColumnSums(gradient, count: rows, columns: units, to: sums)
    }
    if let sum = tape.gradient(weights) {
      tape.multiply(
        .init(gradient, transposed: true), .init(tape.value(x)), addingTo: sum, m: units, n: depth, k: rows)
    }
    if let sum = tape.gradient(x) {
      tape.multiply(
        .init(gradient), .init(tape.value(weights)), addingTo: sum, m: rows, n: depth, k: units)
    }
  }
}
