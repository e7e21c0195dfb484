internal import Glibc

/// How far coefficients may differ between precisions, cores, boards and thread counts: standard deviations of logarithms.
///
/// Two rows share what they have in common, so that a few rows of a new board lean on all boards with its core.
/// Chosen by cross-validation on the published rows (docs/latency-model.md).
struct Hierarchy {
  // Of one class's coefficient.
  var overall = 0.163
  var precision = 0.25
  var threads = 0.2
  var threadsOfCore = 0.03
  var core = 0.16
  var coreAndPrecision = 0.1
  var build = 0.14
  var configuration = 0.093
  var configurationAndPrecision = 0.063
  var family = 0.1
  /// Of 32-bit builds.
  var narrowRegisters = 0.1
  // Of all classes of a row together.
  var speedOfFamily = 0.2
  var speedOfNarrowRegisters = 0.25
  var speedOfCore = 0.25
  var speedOfBoard = 0.15
  var speedOfConfiguration = 0.147
  var speedOfConfigurationAndPrecision = 0.082
  // Of what the classes miss about a model.
  var model = 0.018
  var modelAndPrecision = 0.07
  var modelOnCore = 0.04
  var modelOnBoard = 0.014
  // Of what they miss about models that do alike things.
  var alike = 0.15
  var alikeInPrecision = 0.34
  /// Of a measurement.
  var noise = 0.02
}

extension Hierarchy {
  /// What any machine's coefficient of a class is expected to be, as a logarithm, and how many times as far as
  /// ``Hierarchy`` says it may be off. Of the classes that are not here: 0, and 1.
  private static let classes: [WorkClass: (expected: Double, spread: Double)] = [
    .gemm: (0, 0.72), .winograd: (-0.29, 1.1), .tiles: (0, 1.15), .convolution: (0, 0.69),
    .grouped: (-0.66, 1), .depthwise: (-1.37, 0.74), .weights: (0.63, 1.6), .cache: (0, 1.41),
    .operands: (0, 0.7), .dram: (0.53, 2.08), .exponential: (0.47, 0.3), .softmax: (-0.18, 1),
    .launch: (0.58, 1.19), .lightLaunch: (0.24, 1), .tokens: (0.29, 1), .quantization: (-0.35, 0.31),
  ]

  /// In the order of ``WorkClass/allCases``.
  static let expected = WorkClass.allCases.map { classes[$0]?.expected ?? 0 }
  /// Squares of the spreads.
  static let variances = WorkClass.allCases.map { classes[$0].map { $0.spread * $0.spread } ?? 1 }
}

/// What two rows have in common, by number.
struct RowKey {
  var core: Int
  /// Kinds of cores that are built alike.
  var family: Int
  var is32Bit: Bool
  var board: Int
  var configuration: Int
  var precision: Int
  /// Of the engine, on cores with or without dot products.
  var build: Int
  var isInteger: Bool
  var model: Int
  var logThreads: Double
}

extension Hierarchy {
  /// The covariance of two rows' coefficients of one class.
  func ofClass(_ a: RowKey, _ b: RowKey) -> Double {
    let threads = a.logThreads * b.logThreads
    var sum = overall * overall + self.threads * self.threads * threads
    if a.precision == b.precision {
      sum += precision * precision
      if a.build == b.build { sum += build * build }
    }
    if a.core == b.core {
      sum += core * core + threadsOfCore * threadsOfCore * threads
      if a.precision == b.precision { sum += coreAndPrecision * coreAndPrecision }
    }
    if a.family == b.family { sum += family * family }
    if a.is32Bit == b.is32Bit { sum += narrowRegisters * narrowRegisters }
    if a.configuration == b.configuration {
      sum += configuration * configuration
      if a.isInteger == b.isInteger { sum += configurationAndPrecision * configurationAndPrecision }
    }
    return sum
  }

  /// The covariance of two rows' speeds.
  ///
  /// - Parameter boardVariance: How many times as large the variance of the first row's board is, where both are of one.
  func ofSpeed(_ a: RowKey, _ b: RowKey, boardVariance: Double) -> Double {
    var sum = 0.0
    if a.is32Bit == b.is32Bit { sum += speedOfNarrowRegisters * speedOfNarrowRegisters }
    if a.family == b.family, a.precision == b.precision { sum += speedOfFamily * speedOfFamily }
    if a.core == b.core, a.precision == b.precision { sum += speedOfCore * speedOfCore }
    if a.board == b.board { sum += speedOfBoard * speedOfBoard * boardVariance }
    if a.configuration == b.configuration {
      sum += speedOfConfiguration * speedOfConfiguration
      if a.isInteger == b.isInteger {
        sum += speedOfConfigurationAndPrecision * speedOfConfigurationAndPrecision
      }
    }
    return sum
  }

  /// The covariance of what the classes miss about two rows' models, which are so `alike`.
  func ofModel(_ a: RowKey, _ b: RowKey, _ likeness: Double) -> Double {
    let isSame = a.model == b.model
    var sum = ofLikeness(likeness, isSame: isSame)
    if a.isInteger == b.isInteger {
      sum += ofLikenessInPrecision(likeness, isSame: isSame)
      if isSame, a.core == b.core { sum += modelOnCore * modelOnCore }
    }
    if isSame, a.board == b.board { sum += modelOnBoard * modelOnBoard }
    return sum
  }

  func ofLikeness(_ likeness: Double, isSame: Bool) -> Double {
    likeness * alike * alike + (isSame ? model * model : 0)
  }

  func ofLikenessInPrecision(_ likeness: Double, isSame: Bool) -> Double {
    likeness * alikeInPrecision * alikeInPrecision + (isSame ? modelAndPrecision * modelAndPrecision : 0)
  }
}
