import Glibc

/// Where the files of a Core ML model are: one `.mlmodel`, or a folder (`.mlpackage`) with the model and its weights.
struct CoreMLPackage {
  /// The serialised model.
  let model: ModelBytes
  /// The folder that `@model_path` stands for in the model; `nil` for a model in memory.
  private let folder: String?

  init(memory model: ModelBytes) {
    self.model = model
    folder = nil
  }

  /// - Parameter path: A `.mlmodel` file, a `.mlpackage` folder, or the model's file inside one.
  init(_ path: String) throws(ModelFormatError) {
    let file = Self.isFolder(path) ? try Self.modelFile(inPackage: path) : path
    model = try ModelBytes(mapping: file)
    folder = file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) : "."
  }

  /// The package's name, or the file's, without its extension.
  var name: String {
    let parts = model.path.split(separator: "/").map(String.init)
    let own = parts.last { $0.hasSuffix(".mlpackage") } ?? parts.last ?? model.path
    for ending in [".mlpackage", ".mlmodel"] where own.hasSuffix(ending) {
      return String(own.dropLast(ending.count))
    }
    return own
  }

  /// The file of weights that the model calls `name` ("@model_path/weights/weight.bin").
  func weights(_ name: String) throws(ModelFormatError) -> ModelBytes {
    let prefix = "@model_path/"
    guard let folder, name.hasPrefix(prefix) else {
      throw model.malformed(
        "weights in '\(name)'", "a file that is not beside the model",
        expected: "a path that starts with '\(prefix)'")
    }
    return try ModelBytes(mapping: folder + "/" + name.dropFirst(prefix.count), inside: folder)
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The model inside the package at `path`: the manifest's root item, by its conventional place where there is no manifest.
  private static func modelFile(inPackage path: String) throws(ModelFormatError) -> String {
    let package = path.hasSuffix("/") ? String(path.dropLast()) : path
    let conventional = "com.apple.CoreML/model.mlmodel"
    guard access(package + "/Manifest.json", R_OK) == 0 else {
      guard access(package + "/Data/" + conventional, R_OK) == 0 else {
        throw .unreadable(
          path: path,
          reason: "is a folder without 'Manifest.json'; expected a model file or a Core ML package")
      }
      return package + "/Data/" + conventional
    }
    let manifest = try ModelBytes(mapping: package + "/Manifest.json")
    let item = try CoreMLManifest.rootItem(of: manifest)
    let file = package + "/Data/" + item
    // A manifest must not lead out of its package.
    _ = try ModelBytes(mapping: file, inside: package)
    return file
  }
}
