import Foundation

/// The bytes that a model takes on a disk.
enum ModelFileSize {
  /// The size of the file at `path`, or of all files in a folder; `nil` where it cannot be told.
  static func bytes(of path: String) -> Int64? {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    let paths = isFolder.boolValue ? (files.subpaths(atPath: path) ?? []).map { "\(path)/\($0)" } : [path]
    return paths.reduce(Int64?.some(0)) { sum, path in
      guard let attributes = try? files.attributesOfItem(atPath: path), let sum else { return nil }
      guard attributes[.type] as? FileAttributeType == .typeRegular else { return sum }
      return (attributes[.size] as? NSNumber).map { sum + $0.int64Value }
    }
  }
}
