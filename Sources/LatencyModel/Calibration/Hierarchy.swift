internal import Glibc

/// How far coefficients may differ between precisions, cores, boards and thread counts: standard deviations of logarithms.
///
/// Two rows share what they have in common, so that a few rows of a new board lean on all boards with its core.
/// Chosen by cross-validation on the published rows (docs/latency-model.md).
struct Hierarchy {
  // Of one class's coefficient.
  var overall = 0.25
  var precision = 0.3
  var threads = 0.2
  var threadsOfCore = 0.1
  var core = 0.15
  var coreAndPrecision = 0.12
  var build = 0.2
  var configuration = 0.05
  var configurationAndPrecision = 0.06
  // Of all classes of a row together.
  var speedOfCore = 0.25
  var speedOfBoard = 0.15
  var speedOfConfiguration = 0.15
  var speedOfConfigurationAndPrecision = 0.1
  // Of what the classes miss about a model.
  var model = 0.03
  var modelAndPrecision = 0.05
  var modelOnCore = 0.04
  var modelOnBoard = 0.02
  // Of what they miss about models that do alike things.
  var alike = 0.15
  var alikeInPrecision = 0.2
  /// Of a measurement.
  var noise = 0.03
}

/// What two rows have in common, by number.
struct RowKey {
  var core: Int
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
    if a.configuration == b.configuration {
      sum += configuration * configuration
      if a.isInteger == b.isInteger { sum += configurationAndPrecision * configurationAndPrecision }
    }
    return sum
  }

  /// The covariance of two rows' speeds.
  func ofSpeed(_ a: RowKey, _ b: RowKey) -> Double {
    var sum = 0.0
    if a.core == b.core, a.precision == b.precision { sum += speedOfCore * speedOfCore }
    if a.board == b.board { sum += speedOfBoard * speedOfBoard }
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
