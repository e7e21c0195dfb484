import ArgumentParser
import Compression
import Digests
import Foundation
import Graph
import ModelFormats
import Records

/// `--calibration`: samples of what a model is fed, from which the ranges of its activations are learnt.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Samples as NumPy arrays: a file or a folder of files, in alphabetical order. Repeat for more.",
      discussion: """
        Each file holds one sample, of the input's shape with or without its batch of 1, or several along axis 0. \
        A model of several inputs needs NAME=PATH for each, or one folder with a subfolder for each name or \
        position (0, 1, ...), all with as many samples.
        """,
      valueName: "[NAME=]PATH"))
  var calibration: [String] = []

  /// Samples, as a calibration runs them.
  struct Samples {
    /// For each sample the bytes of the graph's inputs, in their order.
    var inputs: [[TensorData]]
    /// Of the samples' bytes and their inputs' names; `nil` for made-up ones.
    var digest: String?
  }

  /// The samples given for `graph`; `nil` where none are.
  ///
  /// - Throws: ``CommandFailure`` for a file that is no sample of its input, a number that is none, an empty set, or inputs of
  ///   unequal numbers of samples.
  func samples(for graph: Graph) throws(CommandFailure) -> Samples? {
    guard !calibration.isEmpty else { return nil }
    var files = [[String]](repeating: [], count: graph.inputs.count)
    for text in calibration { try add(text, of: graph, to: &files) }
    var columns: [[TensorData]] = []
    var hash = SHA256()
    for (id, paths) in zip(graph.inputs, files) {
      guard !paths.isEmpty else {
        throw .badInput(
          "--calibration has no samples of input '\(graph[id].name)'; expected .npy files of \(graph[id].type)."
        )
      }
      hash.update("\(graph[id].name) \(graph[id].type)\n")
      var samples: [TensorData] = []
      for path in paths { samples += try read(path, for: graph[id]) }
      for sample in samples { sample.withUnsafeBytes { hash.update($0) } }
      columns.append(samples)
    }
    let count = columns.first?.count ?? 0
    for (id, column) in zip(graph.inputs, columns) where column.count != count {
      throw .badInput(
        "--calibration has \(column.count) samples of input '\(graph[id].name)' and \(count) of "
          + "'\(graph[graph.inputs[0]].name)'; expected as many of each.")
    }
    return Samples(
      inputs: (0..<count).map { sample in columns.map { $0[sample] } }, digest: hash.hexadecimal())
  }

  // MARK: Which files

  private func add(_ text: String, of graph: Graph, to files: inout [[String]]) throws(CommandFailure) {
    for (position, id) in graph.inputs.enumerated() where text.hasPrefix(graph[id].name + "=") {
      files[position] += try arrays(at: String(text.dropFirst(graph[id].name.count + 1)))
      return
    }
    if let equals = text.firstIndex(of: "="), !FileManager.default.fileExists(atPath: text) {
      let names = graph.inputs.map { "'\(graph[$0].name)'" }.joined(separator: ", ")
      throw .badInput("--calibration names '\(text[..<equals])'; the model's inputs are \(names).")
    }
    guard graph.inputs.count > 1 else {
      files[0] += try arrays(at: text)
      return
    }
    for (position, id) in graph.inputs.enumerated() {
      let folders = [graph[id].name, "\(position)"].map { "\(text)/\($0)" }
      guard let folder = folders.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
        throw .badInput(
          "\(text): has no subfolder '\(graph[id].name)' or '\(position)'; the model has \(graph.inputs.count) inputs, "
            + "each of which needs samples.")
      }
      files[position] += try arrays(at: folder)
    }
  }

  /// The file itself, or the `.npy` files of a folder.
  private func arrays(at path: String) throws(CommandFailure) -> [String] {
    var isFolder = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .badInput("\(path): no such file or folder; expected samples as .npy files.")
    }
    guard isFolder.boolValue else { return [path] }
    let names = try failing(as: .badInput) { try FileManager.default.contentsOfDirectory(atPath: path) }
    let arrays = names.filter { $0.hasSuffix(".npy") }.sorted()
    guard !arrays.isEmpty else {
      throw .badInput("\(path): has no .npy files; expected at least one sample.")
    }
    return arrays.map { "\(path)/\($0)" }
  }

  // MARK: What is in them

  /// The samples in a file.
  private func read(_ path: String, for tensor: Tensor) throws(CommandFailure) -> [TensorData] {
    let array = try failing(as: .badInput) {
      let bytes = try BoundedFile.read(path, limit: 1 << 31, noun: "an array saved by numpy.save")
      return try NumpyFile(bytes: Array(bytes), path: path)
    }
    guard array.elementType == tensor.elementType,
      let count = array.shape.sampleCount(of: tensor.shape), let size = tensor.type.byteCount
    else {
      throw .badInput(
        "\(path): is \(array.elementType) of shape \(array.shape); input '\(tensor.name)' expects samples of "
          + "\(tensor.type), one or several along axis 0.")
    }
    guard count > 0 else {
      throw .badInput("\(path): holds no samples; expected at least one of \(tensor.type).")
    }
    if tensor.elementType == .f32 { try requireFinite(array.data, path, perSample: size / 4) }
    return array.data.withUnsafeBytes { bytes in
      (0..<count).map { TensorData(Array(bytes[$0 * size..<($0 + 1) * size])) }
    }
  }

  private func requireFinite(_ data: TensorData, _ path: String, perSample size: Int) throws(CommandFailure) {
    let place = data.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: Float.self) { $0.firstIndex { !$0.isFinite } }
    }
    guard let place else { return }
    throw .badInput(
      "\(path): element \(place % max(1, size)) of sample \(place / max(1, size)) is not finite; "
        + "expected numbers without NaN and infinity.")
  }
}

extension Shape {
  /// How many samples of shape `sample` an array of this shape holds; `nil` where it holds none of that shape.
  fileprivate func sampleCount(of sample: Shape) -> Int? {
    // The whole, or the whole without its batch of 1.
    if self == sample { return 1 }
    if sample.dimensions.first == 1, dimensions == Array(sample.dimensions.dropFirst()) { return 1 }
    guard let count = dimensions.first else { return nil }
    let rest = Array(dimensions.dropFirst())
    if rest == sample.dimensions { return count }
    if sample.dimensions.first == 1, rest == Array(sample.dimensions.dropFirst()) { return count }
    guard let batch = sample.dimensions.first, batch > 1, rest == Array(sample.dimensions.dropFirst()),
      count % batch == 0
    else { return nil }
    return count / batch
  }
}
