import DeviceProfiles
import Foundation

/// Folders under the system's temporary folder; who makes one removes it.
enum Scratch {
  /// A library of files `name.yaml` with these texts.
  static func library(_ files: [String: String]) throws -> ProfileLibrary {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "edgebench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).yaml"))
    }
    return ProfileLibrary(directory: folder.path)
  }

  static func remove(_ library: ProfileLibrary) {
    try? FileManager.default.removeItem(atPath: library.directory)
  }
}

/// A small sound profile, for tests that break it.
let sound = """
  name: Test board
  class: single-board computer

  sources:
    sheet: https://example.org/datasheet

  soc: { value: TB1, source: sheet }

  cores:
    - source: sheet
      type: Cortex-A53
      count: 4
      isa: armv8.0
      features: [neon]
      clock: 1 GHz

  memory:
    dram: { value: 512 MiB, source: sheet }
    copy-bandwidth: { value: 1200 MB/s, source: "tinymembench, 2024" }

  requirements:
    source: house rule
    latency: p90<=100ms
    memory: 25% of dram
  """
