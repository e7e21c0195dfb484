import Foundation
import LatencyModel
import Records
import Reporting

extension Predict {
  /// Draws the layers under what the machine of the calibration allows.
  func drawRoofline(_ predicted: CalibratedLatency, model: String, to path: String) throws(CommandFailure) {
    let calibration = predicted.calibration
    let (machine, threads) = (calibration.machine, calibration.threads)
    let peak =
      machine.operationsPerCycle(calibration.precision) * machine.clock * 1e6 * Double(threads)
    let layers = predicted.layers.map { layer in
      RooflinePlot.Layer(
        name: layer.name, operations: 2 * Double(layer.macs), bytes: layer.bytes, nanoseconds: layer.time,
        bound: RooflinePlot.Bound(rawValue: layer.largest.bound) ?? .overhead)
    }
    let count = threads == 1 ? "1 thread" : "\(threads) threads"
    let plot = RooflinePlot(
      title:
        "\(model) on \(calibration.subject): \(calibration.engine), \(count), \(calibration.precision.rawValue), projected",
      roofs: [
        .init(.operations, name: "nominal peak", perSecond: peak),
        .init(.operations, name: "with Winograd's trick", perSecond: predicted.usesWinograd ? 4 * peak : 0),
        .init(.bytes, name: "memory", perSecond: machine.readBandwidth),
        .init(.bytes, name: "caches", perSecond: machine.cacheBandwidth(threads: threads)),
      ], layers: layers)
    try write(plot, to: path)
  }

  /// Draws the steps that were timed alike; the machine's ceilings are not known, but how fast the fastest step is.
  func drawRoofline(
    _ predicted: StepLatency, model: String, threads: Int, precision: String, to path: String
  ) throws(CommandFailure) {
    let layers = predicted.steps.map { step in
      let call = step.call
      let bytes = Double(call.readBytes) + Double(call.writtenBytes) + Double(call.constantBytes)
      return RooflinePlot.Layer(
        name: step.node, operations: 2 * Double(call.macs), bytes: bytes, nanoseconds: step.nanoseconds,
        bound: call.macs > 0 ? .compute : .memory)
    }
    let fastest = layers.map { $0.operations / $0.nanoseconds * 1e9 }.max() ?? 0
    let count = threads == 1 ? "1 thread" : "\(threads) threads"
    let plot = RooflinePlot(
      title: "\(model): built-in engine, \(count), \(precision), from timed steps",
      roofs: [.init(.operations, name: "fastest step", perSecond: fastest)], layers: layers)
    try write(plot, to: path)
  }

  private func write(_ plot: RooflinePlot, to path: String) throws(CommandFailure) {
    guard let svg = plot.svg() else {
      throw .badInput("\(model): has no layer with products, so there is no roofline to draw.")
    }
    try failing(as: .runFailed) { try AtomicFile.write(Data(svg.utf8), to: path) }
  }
}
