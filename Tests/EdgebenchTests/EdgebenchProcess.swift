import Foundation
import Testing

/// The program `edgebench` that was built beside the tests, run as a user runs it.
struct EdgebenchProcess {
  struct Result {
    /// The exit status; `nil` where a signal ended it.
    var status: Int32?
    var output: String
    var errors: String

    /// The lines on stderr that are not warnings.
    var errorLines: [String] {
      errors.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("warning: ") }
    }
  }

  /// Programs that were built beside the tests.
  static let folder: String = {
    var folders = [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()]
    folders += CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    for folder in folders.compactMap({ $0 }) {
      if FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("edgebench").path) {
        return folder.path
      }
    }
    return "/no folder has edgebench, beside \(CommandLine.arguments)"
  }()

  /// The repository's files.
  static let repository: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.path
  }()

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - scratch: Where it runs, and where its temporary files go.
  ///   - environment: Set besides, or in place of, what a run has.
  ///   - launcher: A program and arguments before edgebench's own, such as to run it as another user.
  static func run(
    _ arguments: [String], in scratch: Scratch, environment: [String: String] = [:], launcher: [String] = []
  ) throws -> Result {
    let running = try start(arguments, in: scratch, environment: environment, launcher: launcher)
    return try running.finish()
  }

  static func start(
    _ arguments: [String], in scratch: Scratch, environment: [String: String] = [:], launcher: [String] = []
  ) throws -> Running {
    let process = Process()
    let command = launcher + ["\(folder)/edgebench"] + arguments
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    process.environment = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": scratch.temporary, "COLUMNS": "80",
      "EDGEBENCH_PROFILES": "\(repository)/profiles",
    ].merging(environment) { $1 }
    let streams = [scratch.path + "/.stdout", scratch.path + "/.stderr"]
    let handles = try streams.map { path in
      try Data().write(to: URL(fileURLWithPath: path))
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    return Running(process: process, streams: streams)
  }

  struct Running {
    var process: Process
    var streams: [String]

    /// Waits for its end, which is brought about after two minutes.
    func finish() throws -> Result {
      let deadline = ContinuousClock.now + .seconds(120)
      while process.isRunning {
        if ContinuousClock.now > deadline {
          process.terminate()
          kill(process.processIdentifier, SIGKILL)
          Issue.record("still running after two minutes")
          break
        }
        usleep(5000)
      }
      process.waitUntilExit()
      let texts = try streams.map {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self)
      }
      let isExit = process.terminationReason == .exit
      return Result(
        status: isExit ? process.terminationStatus : nil, output: texts[0], errors: texts[1])
    }
  }
}

extension EdgebenchProcess.Result {
  /// It ended with `status`, said one line that has all of `parts`, and nothing to stdout.
  func expectOneLine(
    status: Int32, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(self.status == status, "\(errors)", sourceLocation: sourceLocation)
    #expect(output == "", sourceLocation: sourceLocation)
    #expect(errorLines.count == 1, "\(errors)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(errors.contains(part), sourceLocation: sourceLocation)
    }
  }
}
