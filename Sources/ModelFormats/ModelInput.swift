/// An input of a model as its file declares it: what is known before the model is read.
public struct ModelInput: Sendable, Hashable {
  public var name: String
  /// `nil` for an extent that the file leaves open; `nil` as a whole where not even the rank is said.
  public var dimensions: [Int?]?

  public init(name: String, dimensions: [Int?]?) {
    self.name = name
    self.dimensions = dimensions
  }

  /// Whether the shape can be given.
  public var isOpen: Bool { dimensions?.contains { $0 == nil } ?? true }
}
