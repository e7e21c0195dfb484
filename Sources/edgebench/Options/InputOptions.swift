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

  /// Reads the arrays, holds each against the graph's input, and lays them down as the agent reads them.
  ///
  /// - Returns: One source an input of `graph`, in its order: the array given for it, or seeded numbers.
  func sources(for graph: Graph, in folder: TemporaryFolder) throws(CommandFailure) -> [InputSource] {
    var files: [Int: String] = [:]
    var next = 0
    for text in inputs {
      let (position, path) = try place(text, in: graph, next: &next)
      guard files[position] == nil else {
        throw .badInput("--input gives '\(graph[graph.inputs[position]].name)' twice.")
      }
      let tensor = graph[graph.inputs[position]]
      let array = try read(path)
      guard array.elementType == tensor.elementType, array.shape == tensor.shape else {
        throw .badInput(
          "\(path): is \(array.elementType) of shape \(array.shape); input '\(tensor.name)' expects "
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
  private func place(_ text: String, in graph: Graph, next: inout Int) throws(CommandFailure) -> (Int, String)
  {
    for (index, id) in graph.inputs.enumerated() where text.hasPrefix(graph[id].name + "=") {
      return (index, String(text.dropFirst(graph[id].name.count + 1)))
    }
    if let equals = text.firstIndex(of: "="), !FileManager.default.fileExists(atPath: text) {
      let names = graph.inputs.map { "'\(graph[$0].name)'" }.joined(separator: ", ")
      throw .badInput("--input names '\(text[..<equals])'; the model's inputs are \(names).")
    }
    guard next < graph.inputs.count else {
      throw .badInput("--input is given \(inputs.count) times; the model has \(graph.inputs.count).")
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
