internal import CLinux
internal import Foundation

/// A disk that the kernel can throttle.
struct BlockDevice: Sendable, Equatable {
  var major: UInt32
  var minor: UInt32

  init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  /// The whole disk that holds `path`: throttling wants the disk, not its partition.
  ///
  /// `nil` where the file system has no disk of its own (tmpfs, overlayfs, btrfs).
  init?(holding path: String, sys: String = "/sys") {
    var major: UInt32 = 0
    var minor: UInt32 = 0
    guard eb_file_device(path, &major, &minor) == 0, major != 0 else { return nil }
    self.init(major: major, minor: minor)
    let folder = "\(sys)/dev/block/\(major):\(minor)"
    guard access("\(folder)/partition", F_OK) == 0 else { return }
    let numbers = (TextFile.read("\(folder)/../dev") ?? "").split(whereSeparator: {
      $0 == ":" || $0.isNewline
    })
    guard numbers.count == 2, let diskMajor = UInt32(numbers[0]), let diskMinor = UInt32(numbers[1]) else {
      return nil
    }
    self.init(major: diskMajor, minor: diskMinor)
  }

  var text: String { "\(major):\(minor)" }
}
