import ArgumentParser
import Execution
import Foundation
import Graph
import ModelFormats
import Records

/// `--input` and `--shape`: what a model is fed.
struct InputOptions: ParsableArguments {
  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "An input as a NumPy array; in the model's order where no name is given. Repeat for more.",
      valueName: "[NAME=]FILE.npy"))
  var inputs: [String] = []

  @OptionGroup var shape: ShapeOptions

  @Flag(help: "Use seeded weights in place of the model's (an ncnn .param without its .bin).")
  var randomWeights = false

  @Option(
    help: ArgumentHelp(
      "The signature of a TFLite model to run, in place of its main graph.", valueName: "NAME"))
  var signature: String?

  /// What the model in `path` is read with: shapes that it leaves open, from `--shape` or from the arrays, and the arrays
  /// themselves, which may decide about shapes and branches.
  func readOptions(for path: String) throws(CommandFailure) -> ReadOptions {
    var options = ReadOptions(
      inputShapes: try shape.byName(), signature: signature, randomWeights: randomWeights ? 1 : nil,
      note: { Terminal.warning($0) })
    guard !inputs.isEmpty else { return options }
    let declared = try failing(as: .badInput) { try ModelReader.inputs(of: path, signature: signature) }
    var next = 0
    for text in inputs {
      let (position, file) = try place(text, among: declared.map(\.name), next: &next)
      let array = try read(file)
      let input = declared[position]
      options.inputValues[input.name] = array.data
      if input.isOpen, options.inputShapes[input.name] == nil {
        options.inputShapes[input.name] = array.shape
      }
    }
    return options
  }

  /// Reads the arrays, holds each against the graph's input, and lays them down as the agent reads them.
  ///
  /// - Returns: One source an input of `graph`, in its order: the array given for it, or seeded numbers.
  func sources(for graph: Graph, in folder: TemporaryFolder) throws(CommandFailure) -> [InputSource] {
    var files: [Int: String] = [:]
    var next = 0
    for text in inputs {
      let (position, path) = try place(text, among: graph.inputs.map { graph[$0].name }, next: &next)
      guard files[position] == nil else {
        throw .badInput("--input gives '\(graph[graph.inputs[position]].name)' twice.")
      }
      let tensor = graph[graph.inputs[position]]
      let file = try read(path)
      guard let array = file.carried(as: tensor.elementType), array.shape == tensor.shape else {
        throw .badInput(
          "\(path): is \(file.elementType) of shape \(file.shape); input '\(tensor.name)' expects "
            + "\(tensor.elementType) of shape \(tensor.shape).")
      }
      let raw = "\(folder.path)/input-\(position).raw"
      try failing(as: .runFailed) {
        try array.data.withUnsafeBytes { try AtomicFile.write(Data($0), to: raw) }
      }
      files[position] = raw
    }
    return graph.inputs.indices.map { files[$0].map(InputSource.file) ?? .seed(UInt64($0) + 1) }
  }

  /// Which input `text` is for, and the file.
  private func place(
    _ text: String, among names: [String], next: inout Int
  ) throws(CommandFailure) -> (Int, String) {
    for (index, name) in names.enumerated() where text.hasPrefix(name + "=") {
      return (index, String(text.dropFirst(name.count + 1)))
    }
    if let equals = text.firstIndex(of: "="), !FileManager.default.fileExists(atPath: text) {
      let list = names.map { "'\($0)'" }.joined(separator: ", ")
      throw .badInput("--input names '\(text[..<equals])'; the model's inputs are \(list).")
    }
    guard next < names.count else {
      throw .badInput("--input is given \(inputs.count) times; the model has \(names.count).")
    }
    defer { next += 1 }
    return (next, text)
  }

  private func read(_ path: String) throws(CommandFailure) -> NumpyFile {
    try failing(as: .badInput) {
      let bytes = try BoundedFile.read(path, limit: 1 << 30, noun: "an array saved by numpy.save")
      return try NumpyFile(bytes: Array(bytes), path: path)
    }
  }
}
