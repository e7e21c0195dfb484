import DeviceProfiles
import Execution
import Foundation
import ReferenceSuite
import Sizing

/// `make compression-table`: every recipe on the digits teacher, measured.
struct TableCommand {
  let page: String
  let checkpoints: String

  /// What the verdict column holds each variant to: a third of the teacher's file, and a point of its accuracy.
  static let limits = (disk: "110KiB", drop: "1%")

  func run() throws {
    let digits = try Digits(checkpoints: checkpoints)
    let library = ProfileLibrary(directory: "profiles")
    let devices = try ["rpi4", "rpi5"].map { try library.load($0) }
    let teacher = try ReferenceModel.digitsTeacher.build()
    let folder = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
    let meter = VariantMeter(
      profile: devices[0], devices: devices, runner: AgentRunner(agentPath: "\(folder)/edgebench-agent"),
      work: try TemporaryFolder(), digits: digits, reference: try digits.predictions(teacher))
    defer { meter.work.remove() }
    let variants = try Variants(digits: digits, teacher: teacher).all()
    var measurements: [VariantMeasurement] = []
    for variant in variants {
      measurements.append(try meter.measure(variant))
      FileHandle.standardError.write(Data("\(variant.name)\n".utf8))
    }
    let requirements = try Requirements.parse(
      disk: Self.limits.disk, maxAccuracyDrop: Self.limits.drop)
    try CompressionTable(
      measurements: measurements, study: DistillationStudy(digits: digits).run(), requirements: requirements,
      profileID: devices[0].id
    ).update(page)
  }
}
