internal import CLinux

/// A model's inputs, ready to be put in place before every inference.
///
/// Steps may overwrite an input's memory, so each inference gets its inputs afresh, outside the timed region. Files are
/// mapped, seeded numbers are made anew: neither takes memory of its own that the model would be charged with.
final class InputSet {
  private enum Content {
    case mapped(UnsafeRawBufferPointer)
    case seeded(UInt64)
    case nothing
  }

  private let plan: Plan
  private var contents: [Content] = []

  init(plan: Plan, sources: [InputSource]) throws(AgentError) {
    self.plan = plan
    guard sources.count <= plan.inputCount else {
      throw AgentError(
        kind: .badInput, message: "\(sources.count) inputs given; the plan has \(plan.inputCount)")
    }
    for index in 0..<plan.inputCount {
      let source = index < sources.count ? sources[index] : .seed(1)
      contents.append(try Self.open(source, index: index, byteCount: plan.input(index).byteCount))
    }
  }

  deinit {
    for case .mapped(let bytes) in contents { eb_pages_unmap(bytes.baseAddress, bytes.count) }
  }

  private static func open(_ source: InputSource, index: Int, byteCount: Int) throws(AgentError) -> Content {
    guard byteCount > 0 else { return .nothing }
    switch source {
    case .seed(let seed): return .seeded(seed &+ UInt64(index))
    case .file(let path):
      var bytes: UnsafeRawPointer?
      var count = 0
      let error = path.withUnsafeBufferPointer { path in
        path.withMemoryRebound(to: CChar.self) { eb_file_map($0.baseAddress, &bytes, &count) }
      }
      guard error == 0, let bytes else {
        throw AgentError(kind: .badInput, message: "input \(index): cannot be mapped (errno \(error))")
      }
      guard count == byteCount else {
        eb_pages_unmap(bytes, count)
        throw AgentError(
          kind: .badInput, message: "input \(index): \(count) bytes long; the plan expects \(byteCount)")
      }
      return .mapped(UnsafeRawBufferPointer(start: bytes, count: count))
    }
  }

  /// Puts every input into `executor`'s memory.
  func fill(_ executor: Executor) {
    for index in 0..<contents.count {
      let destination = executor.input(index)
      switch contents[index] {
      case .mapped(let bytes): destination.copyMemory(from: bytes)
      case .seeded(let seed):
        SeededNumbers.fill(destination, elementType: plan.input(index).elementType, seed: seed)
      case .nothing: break
      }
    }
  }
}
