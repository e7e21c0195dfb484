import Foundation
import Testing

/// A user who may neither mount nor make cgroups.
@Suite struct OrdinaryUserTests {
  private static let nobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

  @Test func limitsAreThoseOfTheProcessAndWhatIsNotEnforcedIsSaid() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    var launcher: [String] = []
    if geteuid() == 0 {
      launcher = Self.nobody
      for path in [scratch.path, scratch.temporary] {
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
      }
      let probe = try? EdgebenchProcess.run(["profiles", "show", "rpi4"], in: scratch, launcher: launcher)
      guard let probe, probe.status == 0 else {
        return print(
          "SKIPPED: another user cannot run the program from the build's folder: \(probe?.errors ?? "")")
      }
    }
    let result = try EdgebenchProcess.run(
      ["--profile", "rpi4", "--model", "m.tflite", "--latency", "1s", "--disk", "64MiB"], in: scratch,
      launcher: launcher)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("compression not required"))
    #expect(result.errors.contains("warning: not enforced: disk capacity"))
    #expect(scratch.leftovers == [])
  }
}
