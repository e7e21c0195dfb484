public import DeviceProfiles
public import Graph

/// The latency of one inference of `graph` on a device nobody has measured it on.
///
/// Each node takes the longer of its arithmetic and its memory traffic, and the nodes take turns:
///
///     arithmetic = 2 * MACs / (operations per cycle * clock * efficiency * speed-up of the threads)
///     traffic    = bytes / (2 * copy bandwidth)
///
/// The efficiency is the profile's calibrated coefficient where there is one for the engine, else the default
/// of ``Efficiency``. Nothing else is added: no start-up, no scheduling, no cache.
///
/// - Parameters:
///   - threads: Threads of the engine; at most as many count as the fastest cluster has cores.
///   - precision: Of the arithmetic. `nil` reads it off each node's operands; a given one also scales the bytes
///     of f32 operands ("what if this model were int8").
///   - engine: Whose coefficients to use.
/// - Returns: The projected median with its band; see docs/latency-model.md for what the band is worth.
/// - Throws: ``ProjectionError`` with the fields that the profile lacks, or what is wrong with the request.
public func project(
  _ graph: Graph, on profile: DeviceProfile, threads: Int, precision: Precision? = nil,
  engine: String = "builtin"
) throws(ProjectionError) -> ProjectedLatency {
  guard threads >= 1 else { throw .threads(threads) }
  let costs: [NodeCost]
  do {
    costs = try graph.cost().nodes
  } catch {
    throw .graph(error.description)
  }
  guard let cluster = profile.clusters.first else { throw .missing(profile: profile.id, fields: ["cores"]) }
  let device = ProjectedDevice(
    profile: profile, cluster: cluster, engine: engine, threads: min(threads, cluster.count.value))
  var missing = Set<String>()
  var shares = [ClassShare]()
  for (node, cost) in zip(graph.nodes, costs) where cost.macs > 0 || cost.bytes > 0 {
    let work = NodeWork(node, cost, in: graph, precision: precision)
    guard let time = device.time(of: work, missing: &missing) else { continue }
    if let index = shares.firstIndex(where: {
      $0.kernelClass == cost.kernelClass && $0.precision == work.precision
    }) {
      shares[index].add(time, work)
    } else {
      var share = ClassShare(kernelClass: cost.kernelClass, precision: work.precision)
      share.add(time, work)
      shares.append(share)
    }
  }
  guard missing.isEmpty else { throw .missing(profile: profile.id, fields: missing.sorted()) }
  return ProjectedLatency(
    classes: shares.sorted { $0.nanoseconds > $1.nanoseconds }, threads: device.threads)
}
