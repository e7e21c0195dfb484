import ArgumentParser

/// `edgebench operators`: what models may be made of.
struct Operators: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "List the operators of TFLite, ONNX and Core ML that edgebench runs, and those of TFLite that it does not."
  )

  @Flag(help: "As Markdown: docs/operators.md is this text.")
  var markdown = false

  func run() throws {
    let list = OperatorList()
    if markdown { return try Terminal.output(list.markdown) }
    try Terminal.output(list.table)
    try Terminal.output("\nCustom operators: \(list.custom.joined(separator: ", ")).\n")
    try Terminal.output("\nncnn: \(list.ncnn.joined(separator: ", ")).\n")
    try Terminal.output("\nONNX: \(list.onnx.joined(separator: ", ")).\n")
    try Terminal.output("\nCore ML programs: \(list.program.joined(separator: ", ")).\n")
    try Terminal.output("\nCore ML neural networks: \(list.layers.joined(separator: ", ")).\n")
    try Terminal.output("\nNot run: \(list.missing.joined(separator: ", ")).\n")
  }
}
