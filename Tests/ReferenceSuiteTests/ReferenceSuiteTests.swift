import Graph
import ReferenceSuite
import Testing

/// Zeros: the counts depend on shapes alone.
private let zeros: WeightGenerator = { Array(repeating: 0, count: $0.shape.elementCount ?? 0) }

@Suite struct ReferenceSuiteTests {
  struct Published: Sendable, CustomTestStringConvertible {
    var id: String
    var macs: Double
    var parameters: Double
    /// Relative: publications round to two or three digits, and count batch norm or leave it out.
    var tolerance: Double
    var testDescription: String { id }
  }

  /// - Source: MLPerf Tiny: multiply-accumulates of Banbury et al., arXiv:2106.07597; parameters of the training
  ///   code's Keras summaries, which count batch norm. MobileNetV1: arXiv:1704.04861, table 8 (569 M, 4.2 M).
  ///   MobileNetV2: arXiv:1801.04381, table 4 (300 M), and torchvision's table (3.5 M). ResNet-18 and SqueezeNet
  ///   1.1: torchvision's table (1.81 G, 11.69 M; 0.35 G, 1.24 M). EfficientNet-Lite0: its README (407 M, 4.7 M).
  ///   KWT-1: arXiv:2104.00769, table 1 (607 k parameters); its multiply-accumulates are not published, they are
  ///   12 layers of 99 tokens x (4 x 64 x 64 + 2 x 64 x 256) + 2 x 99 x 99 x 64.
  static let published = [
    Published(id: "ds-cnn-kws", macs: 2.7e6, parameters: 24_908, tolerance: 0.1),
    Published(id: "mobilenet-v1-0.25-96-vww", macs: 7.5e6, parameters: 221_794, tolerance: 0.05),
    Published(id: "resnet-8", macs: 12.5e6, parameters: 78_666, tolerance: 0.02),
    Published(id: "auto-encoder", macs: 0.264e6, parameters: 269_992, tolerance: 0.02),
    Published(id: "mobilenet-v1-1.0-224", macs: 569e6, parameters: 4.2e6, tolerance: 0.01),
    Published(id: "mobilenet-v2-1.0-224", macs: 300e6, parameters: 3.5e6, tolerance: 0.01),
    Published(id: "squeezenet-1.1", macs: 350e6, parameters: 1.235e6, tolerance: 0.01),
    Published(id: "resnet-18", macs: 1.814e9, parameters: 11.69e6, tolerance: 0.01),
    Published(id: "efficientnet-lite0", macs: 407e6, parameters: 4.7e6, tolerance: 0.06),
    Published(id: "kwt-1", macs: 73.4e6, parameters: 607_000, tolerance: 0.01),
  ]

  @Test func calibrationNetworksAreDistinctAndTakeMilliseconds() throws {
    let networks = ReferenceSuite.calibration
    #expect(Set(networks.map(\.id)).count == networks.count)
    for network in networks {
      let macs = try network.build(weights: zeros).cost().macs
      // 0.2 GMAC: some 10 ms on a core of ten GMAC a second.
      #expect((1...200_000_000).contains(macs), "\(network.id): \(macs) MACs")
    }
  }

  @Test(arguments: published) func hasTheWorkAndTheSizeThatArePublished(model: Published) throws {
    let cost = try #require(ReferenceSuite[model.id]).build(weights: zeros).cost()
    #expect(abs(Double(cost.macs) / model.macs - 1) <= model.tolerance, "\(cost.macs) MACs")
    #expect(
      abs(Double(cost.parameters) / model.parameters - 1) <= model.tolerance, "\(cost.parameters) parameters")
  }

  /// - Source: EfficientNet-Lite's README (https://github.com/tensorflow/tpu); MobileNetV1's (https://github.com/tensorflow/models, slim/nets).
  @Test(arguments: [
    ("efficientnet-lite1", 631e6, 5.4e6), ("efficientnet-lite2", 899e6, 6.1e6),
    ("efficientnet-lite3", 1.44e9, 8.2e6),
    ("efficientnet-lite4", 2.64e9, 13.0e6), ("mobilenet-v1-0.25-128", 14e6, 0.47e6),
    ("mobilenet-v1-0.75-192", 233e6, 2.59e6),
  ])
  func aModelOfThePublishedTablesHasItsPublishedCounts(id: String, macs: Double, parameters: Double) throws {
    let model = try #require(ReferenceSuite.published.first { $0.id == id })
    let cost = try model.build(weights: zeros).cost()
    // Two digits are published; Lite's counts include batch norm and leave out padding's share.
    #expect(abs(Double(cost.macs) / macs - 1) <= 0.07, "\(cost.macs)")
    #expect(abs(Double(cost.parameters) / parameters - 1) <= 0.05, "\(cost.parameters)")
  }

  /// 9 anchors a place on five levels; 3 and 6 a place on six maps.
  @Test(arguments: [("efficientdet-lite0", 19206, 90), ("ssd_mobilenet_v2_300x300_coco", 1917, 91)])
  func aDetectorHasItsPublishedAnchors(id: String, anchors: Int, classes: Int) throws {
    let model = try #require(ReferenceSuite.published.first { $0.id == id })
    let graph = try model.build(weights: zeros)
    #expect(graph.outputs.map { graph[$0].shape } == [[1, anchors, classes], [1, anchors, 4]])
  }

  @Test func coversEveryModelThatTheTableChecks() {
    #expect(Set(ReferenceSuite.models.filter { !$0.isTrained }.map(\.id)) == Set(Self.published.map(\.id)))
  }

  @Test func idsAreUniqueAndFileNames() {
    let ids = (ReferenceSuite.models + ReferenceSuite.kernels).map(\.id)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) })
    }
  }

  @Test(arguments: ReferenceSuite.kernels.map(\.id)) func aKernelIsOneOperator(id: String) throws {
    let graph = try #require(ReferenceSuite[id]).build(weights: zeros)
    #expect(graph.nodes.count == 1)
    #expect(graph.outputs.count == 1)
  }

  @Test func kernelsCoverTheClassesThatDominate() throws {
    let classes = try ReferenceSuite.kernels.map { kernel in
      let graph = try kernel.build(weights: zeros)
      return graph.kernelClass(of: graph.nodes[0])
    }
    let expected: Set<KernelClass> = [
      .pointwise, .conv3x3s1, .conv3x3s2, .depthwise3x3s1, .depthwise3x3s2, .depthwise, .fullyConnected,
      .matmul,
      .pooling, .softmax, .elementwise,
    ]
    #expect(expected.subtracting(classes).isEmpty)
  }

  @Test func weightsAreTheSameEveryTimeAndFinite() throws {
    let first = try ReferenceModel.keywordSpotting.build()
    let second = try ReferenceModel.keywordSpotting.build()
    for (a, b) in zip(first.tensors, second.tensors) {
      let values = a.constant?.elements(as: Float.self)
      #expect(values == b.constant?.elements(as: Float.self))
      #expect(values?.allSatisfy(\.isFinite) ?? true)
    }
  }

  @Test func anUnknownIdIsNil() { #expect(ReferenceSuite["resnet-50"] == nil) }
}
