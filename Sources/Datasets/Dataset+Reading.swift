import Foundation
public import Graph
import Records

extension Dataset {
  /// Reads the data in `folder` for a model whose input is `input`, batch included.
  ///
  /// The folder holds one of
  /// - `inputs.npy`, numbers of any type, `[samples, ...]`, and `labels.npy`, integers, `[samples]`, or no labels;
  /// - one `.csv` file, a sample a line: its numbers, then its label, or no labels;
  /// - one folder a class with PNG and JPEG images of the model's size, read as pixels over 255.
  ///
  /// - Parameter classes: How many the model tells apart; `nil` where the labels say.
  /// - Throws: ``DatasetError`` for the first thing that does not fit.
  public static func read(
    folder: String, for input: Shape, classes: Int? = nil
  ) throws(DatasetError) -> Dataset {
    let sample = Shape(Array(input.dimensions.dropFirst()))
    guard let size = sample.elementCount, size > 0, size <= mostBytes / 4 else {
      throw DatasetError(folder, "a model whose input is \(input)", expected: "[1, ...], of one sample")
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw DatasetError(folder, "no folder that can be read", expected: "a folder of data")
    }
    let visible = names.filter { !$0.hasPrefix(".") }.sorted()
    let source = DatasetSource(
      folder: folder, name: URL(fileURLWithPath: folder).lastPathComponent, sample: sample, classes: classes)
    if visible.contains("inputs.npy") { return try source.readArrays() }
    let tables = visible.filter { $0.hasSuffix(".csv") }
    if tables.count == 1 { return try source.readTable(tables[0]) }
    let folders = visible.filter { source.isFolder($0) }
    if !folders.isEmpty { return try source.readImages(folders) }
    throw DatasetError(
      folder, "neither 'inputs.npy' nor one .csv file nor a folder for each class",
      expected: "one of these; see docs/compression.md")
  }

  /// No more is held in memory.
  static let mostBytes = 1 << 30
}

/// A folder of data and what is expected in it.
struct DatasetSource {
  let folder: String
  let name: String
  let sample: Shape
  let classes: Int?

  var sampleSize: Int { sample.elementCount ?? 0 }
  var classNames: [String] { classes.map { (0..<$0).map(String.init) } ?? [] }

  func isFolder(_ name: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  func bytes(_ path: String, noun: String) throws(DatasetError) -> [UInt8] {
    do { return try Array(BoundedFile.read(path, limit: Dataset.mostBytes, noun: noun)) } catch {
      throw DatasetError(path, error.problem, expected: noun)
    }
  }

  func requireRoom(_ samples: Int, _ place: String) throws(DatasetError) {
    guard samples <= Dataset.mostBytes / 4 / sampleSize else {
      throw DatasetError(
        place, "\(samples) samples of \(sample)", expected: "at most 1 GiB of f32 numbers; use fewer samples")
    }
  }
}
