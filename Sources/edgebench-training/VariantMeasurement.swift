import Datasets
import DeviceProfiles
import Engines
import Execution
import Foundation
import Graph
import LatencyModel
import ModelFormats
import Records

/// One variant's figures.
struct VariantMeasurement {
  var variant: Variants.Variant
  /// Of the compact graph.
  var fileBytes: Int
  var accuracy: AccuracyComparison
  /// Run under the profile's limits on this machine.
  var record: RunRecord
  /// By profile; `nil` where a figure is missing.
  var projections: [String: ProjectedLatency]
}

/// Measures variants on this machine, under a profile's limits, and projects them to devices.
struct VariantMeter {
  let profile: DeviceProfile
  let devices: [DeviceProfile]
  let runner: AgentRunner
  let work: TemporaryFolder
  let digits: Digits
  let reference: Predictions

  func measure(_ variant: Variants.Variant) throws -> VariantMeasurement {
    let artefact = try BuiltinEngine().makeArtefact(of: variant.graph, at: "\(work.path)/model.ebplan")
    var request = MeasurementRequest(plan: artefact.path)
    request.limits = ResourceLimits(profile)
    request.minimumTime = .milliseconds(100)
    request.budget = .seconds(1)
    let measurement = try runner.measure(request)
    let file = CompactGraphFile(variant.graph).serialized()
    // What is reported is the model that the file holds.
    let graph = try CompactGraphFile(bytes: file, path: variant.name).graph
    let comparison = try digits.comparison(graph, to: reference)
    var projections: [String: ProjectedLatency] = [:]
    for device in devices {
      projections[device.id] = try? LatencyModel.project(graph, on: device, threads: 1, engine: "builtin")
    }
    let band = projections[profile.id].flatMap {
      Projection.Band(median: $0.median, lower: $0.band90.lowerBound, upper: $0.band90.upperBound)
    }
    let record = RunRecord(
      date: Date(), command: "make compression-table", tool: "edgebench-training",
      model: ModelIdentity(name: "digits-teacher", file: nil, sha256: "", format: "built-in"),
      profile: ProfileIdentity(id: profile.id, digest: profile.digest),
      configuration: Configuration(variant: variant.name, engine: "builtin", threads: 1, precision: "f32"),
      evidence: .measuredInSandbox, environment: nil, measurement: measurement,
      projection: Projection(latency: band), disk: DiskUse(modelBytes: Int64(file.count), runtimeBytes: 0),
      accuracy: variant.name == Configuration.referenceVariant
        ? nil
        : Accuracy(
          metric: "top-1", value: comparison.variant, reference: comparison.reference,
          drop: comparison.paired.scoreInterval(), inputCount: comparison.paired.count,
          dataset: digits.data.name))
    return VariantMeasurement(
      variant: variant, fileBytes: file.count, accuracy: comparison, record: record, projections: projections)
  }
}
