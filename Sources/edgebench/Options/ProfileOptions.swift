import ArgumentParser
import DeviceProfiles
import Execution
import Foundation

/// Where device profiles are.
struct ProfileFolderOptions: ParsableArguments {
  @Option(name: .customLong("profiles"), help: "The folder of device profiles.")
  var folder: String?

  var library: ProfileLibrary { ProfileLibrary(directory: folder ?? Self.standardFolder) }

  /// A profile by its name, of this machine for `host`, or from a file of its own.
  func profile(_ name: String) throws(CommandFailure) -> DeviceProfile {
    if name == "host" { return .host() }
    return try failing(as: .badInput) {
      name.hasSuffix(".yaml") ? try ProfileLibrary.load(file: name) : try library.load(name)
    }
  }

  /// `EDGEBENCH_PROFILES`, else `profiles` here, else beside the program or above it.
  private static var standardFolder: String {
    if let named = ProcessInfo.processInfo.environment["EDGEBENCH_PROFILES"] { return named }
    return Program.nearby("profiles") ?? "/usr/share/edgebench/profiles"
  }
}

/// This program, as installed.
enum Program {
  static let version = "0.1.0"

  /// This program's own file.
  static let path: String =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]

  /// The folder that the running program is in.
  static let folder = (path as NSString).deletingLastPathComponent

  /// A folder here, else beside this program or above it; `nil` where there is none.
  static func nearby(_ name: String) -> String? {
    FileManager.default.fileExists(atPath: name) ? name : beside(name)
  }

  /// A folder beside this program or above it; `nil` where there is none.
  static func beside(_ name: String) -> String? {
    let files = FileManager.default
    var folder = Program.folder
    for _ in 0..<5 {
      let candidate = folder + "/" + name
      if files.fileExists(atPath: candidate) { return candidate }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return nil
  }

  /// What the user typed behind the first `count` words, of which the first is the program.
  static func arguments(after count: Int) -> [String] { Array(CommandLine.arguments.dropFirst(count)) }

  /// What the user typed.
  static var commandLine: String { CommandLine.arguments.joined(separator: " ") }

  /// For records: a record of another build of this program is measured again, for its plans may differ.
  static let identity: String = {
    let digest = (try? FileDigest.sha256(of: "/proc/self/exe")) ?? "unknown"
    return "edgebench \(version) (\(digest.prefix(12)))"
  }()

  /// The size of the agent's program, which a board has to store besides the plan; `nil` where it cannot be read.
  static var agentSize: Int64? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: agent)
    return (attributes?[.size] as? NSNumber)?.int64Value
  }

  /// The agent: what `EDGEBENCH_AGENT` names, else the one beside this program.
  static var agent: String {
    ProcessInfo.processInfo.environment["EDGEBENCH_AGENT"] ?? folder + "/edgebench-agent"
  }
}
