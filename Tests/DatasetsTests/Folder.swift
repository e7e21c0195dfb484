import Foundation
import Graph
import ModelFormats

/// A folder for one test, removed when the test ends.
final class Folder {
  let name = "edgebench-data-\(UUID().uuidString)"
  var path: String { FileManager.default.temporaryDirectory.appendingPathComponent(name).path }

  init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to file: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func write(_ text: String, to file: String) throws { try write(Array(text.utf8), to: file) }

  func write<Element: BitwiseCopyable>(
    inputs: [Element], _ type: ElementType, _ shape: Shape, labels: [Int32]?
  ) throws {
    let array = NumpyFile(elementType: type, shape: shape, data: TensorData(inputs))
    try write(try array.serialized(), to: "inputs.npy")
    guard let labels else { return }
    let other = NumpyFile(elementType: .i32, shape: [labels.count], data: TensorData(labels))
    try write(try other.serialized(), to: "labels.npy")
  }
}

enum Samples {
  /// 2x3 pixels: red, green, blue; white, black, (51, 102, 204).
  static let png = decoded(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAFUlEQVR4nGP4z8DAAMH//4No47QzAEcAB2BWeSYmAAAAAElFTkSuQmCC"
  )
  /// 2x3 pixels of grey, all 153.
  static let jpeg = decoded(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
      + "AQH/wAALCAACAAMBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AZD//2Q=="
  )

  private static func decoded(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }
}
