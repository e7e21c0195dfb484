/// The networks and kernels that a run without `--model` measures.
public enum ReferenceSuite {
  /// Raised whenever a model's structure or weights change: earlier records then no longer stand for it.
  public static let revision = 2

  /// Networks, the smallest first.
  public static let models: [ReferenceModel] = [
    .digitsStudent, .digitsTeacher, .autoEncoder, .keywordSpotting, .visualWakeWords, .resNet8,
    .keywordTransformer, .mobileNetV2,
    .squeezeNet, .efficientNetLite0, .mobileNetV1, .resNet18,
  ]

  /// Single operators in sizes of real networks.
  public static let kernels: [ReferenceModel] = KernelSuite.all

  /// Layers in sizes spread wider than those: what `edgebench calibrate` times on a machine.
  public static let calibration: [ReferenceModel] = CalibrationNetworks.all

  /// The model or kernel of that id; `nil` where there is none.
  public static subscript(id: String) -> ReferenceModel? {
    (models + kernels).first { $0.id == id }
  }
}
