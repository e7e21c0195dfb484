/// Which model file a record is about.
public struct ModelIdentity: Codable, Sendable, Hashable {
  /// For tables: "mobilenet_v2".
  public var name: String
  /// The file's name without its folder; `nil` for a model built in memory.
  public var file: String?
  /// In hexadecimal, of the file's bytes, or of the built model's.
  public var sha256: String
  /// "tflite", "onnx", "built-in".
  public var format: String

  public init(name: String, file: String?, sha256: String, format: String) {
    self.name = name
    self.file = file
    self.sha256 = sha256
    self.format = format
  }
}

/// Which device profile, in which state, a record is about.
public struct ProfileIdentity: Codable, Sendable, Hashable {
  /// "rpi4".
  public var id: String
  /// SHA-256 of the profile's canonical form, in hexadecimal.
  public var digest: String

  public init(id: String, digest: String) {
    self.id = id
    self.digest = digest
  }
}

/// What was run of the model, and how: the rows of a sizing table.
public struct Configuration: Codable, Sendable, Hashable {
  /// "reference", or the compression: "f16-weights", "int8-dynamic", "int8-static", "pruned-50".
  public var variant: String
  /// "builtin".
  public var engine: String
  public var threads: Int
  /// The arithmetic that dominates: "f32", "f16", "int8".
  public var precision: String

  public init(variant: String, engine: String, threads: Int, precision: String) {
    self.variant = variant
    self.engine = engine
    self.threads = threads
    self.precision = precision
  }

  public static let referenceVariant = "reference"
}
