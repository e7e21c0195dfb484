import DeviceProfiles
import Foundation
import Graph
import ReferenceSuite
import Units

/// The model that is compressed: a file, or 'suite:NAME'.
struct CompressionSource {
  let graph: Graph
  let file: CompressionRecord.File
  let name: String

  init(_ model: String, shapes: [String: Shape] = [:]) throws(CommandFailure) {
    let prefix = "suite:"
    let subject: Subject
    var size: Int?
    if model.hasPrefix(prefix) {
      let id = String(model.dropFirst(prefix.count))
      guard let found = ReferenceSuite[id] else {
        let names = ReferenceSuite.models.map(\.id)
        let hint = closestName(to: id, among: names).map { "Did you mean '\($0)'?" }
        throw .badInput(
          "The reference suite has no '\(printable(id, limit: 60))'. "
            + (hint ?? "It has: \(names.joined(separator: ", "))."))
      }
      subject = Subject(found)
    } else {
      subject = try Subject(path: model, shapes: shapes)
      size = try failing(as: .badInput) { try CompressionRecord.File.size(of: model) }
    }
    graph = try subject.load()
    name = subject.identity.name
    file = CompressionRecord.File(graph, path: model, sha256: subject.identity.sha256, bytes: size)
  }
}
