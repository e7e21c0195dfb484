import CImages
import Foundation
import Graph

extension DatasetSource {
  /// The images in one folder a class, in the order of their names. Pixels are divided by 255.
  func readImages(_ folders: [String]) throws(DatasetError) -> Dataset {
    guard sample.rank == 3, [1, 3].contains(sample[2]) else {
      throw DatasetError(
        folder, "images for a model whose input is \(sample)", expected: "[height, width, 1 or 3]")
    }
    if let classes, classes != folders.count {
      throw DatasetError(
        folder, "\(folders.count) folders", expected: "\(classes), one for each class of the model")
    }
    var values: [Float] = []
    var labels: [Int] = []
    for (label, name) in folders.enumerated() {
      let files = images(in: "\(folder)/\(name)")
      try requireRoom(labels.count + files.count, folder)
      for file in files {
        values += try pixels("\(folder)/\(name)/\(file)")
        labels.append(label)
      }
    }
    return try Dataset(
      name: name, sampleShape: sample, values: values, labels: labels, classNames: folders)
  }

  private func images(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in
      let lower = name.lowercased()
      return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg"].contains { lower.hasSuffix($0) }
    }.sorted()
  }

  private func pixels(_ path: String) throws(DatasetError) -> [Float] {
    let bytes = try bytes(path, noun: "an image")
    var size = eb_image_size()
    try require(eb_image_measure(bytes, bytes.count, &size), path)
    guard size.height == sample[0], size.width == sample[1] else {
      throw DatasetError(
        path, "an image of \(size.height)x\(size.width)",
        expected: "\(sample[0])x\(sample[1]) (height x width); resize it")
    }
    var pixels = [UInt8](repeating: 0, count: sampleSize)
    try require(eb_image_decode(bytes, bytes.count, size, UInt32(sample[2]), &pixels), path)
    return pixels.map { Float($0) / 255 }
  }

  private func require(_ status: eb_image_status, _ path: String) throws(DatasetError) {
    switch status {
    case EB_IMAGE_DONE: return
    case EB_IMAGE_UNKNOWN: throw DatasetError(path, "neither PNG nor JPEG", expected: "an image")
    default: throw DatasetError(path, "a broken image", expected: "a whole PNG or JPEG")
    }
  }
}
