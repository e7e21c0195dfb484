import DeviceProfiles
import Graph
import LatencyModel
import Records

extension Projection {
  /// The latency of `graph` on `profile`; without one where the profile lacks a figure.
  init(of graph: Graph, as configuration: Configuration, on profile: DeviceProfile) {
    do {
      let projected = try LatencyModel.project(
        graph, on: profile, threads: configuration.threads, engine: configuration.engine)
      self.init(
        latency: Band(
          median: projected.median, lower: projected.band90.lowerBound, upper: projected.band90.upperBound))
    } catch {
      self.init(latency: nil, missing: [error.description])
    }
  }
}
