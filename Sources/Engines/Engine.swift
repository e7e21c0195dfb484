public import Graph
public import Units

/// Something that runs models: the built-in kernels, or a runtime that people ship.
///
/// An engine turns a graph into an artefact, a file that an agent process runs and that a board would have to store.
/// It never measures: the agent does, in a process of its own.
public protocol Engine: Sendable {
  /// The name on the command line and in records: "builtin".
  var name: String { get }
  /// How many threads it can use.
  var maximumThreads: Int { get }
  /// How it multiplies reals.
  var arithmetic: Arithmetic { get }

  /// Makes the artefact of `graph` at `path`, replacing what is there.
  ///
  /// - Throws: ``EngineError`` naming the operator that the engine cannot run, or the file that cannot be written.
  func makeArtefact(of graph: Graph, at path: String) throws(EngineError) -> Artefact

  /// The layers of `graph` some of whose weights are zero, and whether that makes them faster.
  func prunedLayers(of graph: Graph) -> [PrunedLayer]
}

extension Engine {
  public var arithmetic: Arithmetic { .f32 }
}

/// How products of reals are computed.
public enum Arithmetic: String, Sendable, CaseIterable {
  case f32
  /// In 16 bits where that is faster; it costs accuracy, so it is never chosen unasked.
  case f16
}

/// What an engine runs.
public struct Artefact: Sendable, Equatable {
  public var path: String
  /// The file's size: what the model takes on a board's storage.
  public var size: ByteCount
  /// Memory for activations and scratch.
  public var arena: ByteCount
  /// The least that any order of memory reuse needs: the largest sum of tensors alive at once.
  public var arenaLowerBound: ByteCount
  /// What lives from inference to inference.
  public var state: ByteCount
  /// Weights as stored.
  public var weights: ByteCount
  public var stepCount: Int

  public init(
    path: String, size: ByteCount, arena: ByteCount, arenaLowerBound: ByteCount, state: ByteCount,
    weights: ByteCount, stepCount: Int
  ) {
    self.path = path
    self.size = size
    self.arena = arena
    self.arenaLowerBound = arenaLowerBound
    self.state = state
    self.weights = weights
    self.stepCount = stepCount
  }
}

public enum EngineError: Error, Equatable, CustomStringConvertible {
  /// The model needs what the engine does not have.
  case cannotRun(String)
  /// The artefact could not be written.
  case cannotWrite(String)

  public var description: String {
    switch self {
    case .cannotRun(let reason), .cannotWrite(let reason): reason
    }
  }
}

/// The engines of this build.
public enum EngineLibrary {
  public static let all: [any Engine] = [BuiltinEngine()]

  /// The engine called `name`; `nil` if there is none.
  public static func named(_ name: String) -> (any Engine)? { all.first { $0.name == name } }
}
