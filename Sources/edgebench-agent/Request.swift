/// What the agent is asked to do with one plan.
struct Request {
  enum Task { case measure, infer, count }

  var task = Task.measure
  /// A C string.
  var plan: [UInt8] = []
  /// One an input of the model, in order; where there are fewer, the rest is made from seed 1.
  var inputs: [InputSource] = []
  var threads = 1
  var warmUp = 3
  var samples = 100
  var maximumSamples = 10_000
  var minimumNanoseconds: Int64 = 0
  var maximumNanoseconds: Int64 = 10_000_000_000
  /// How long to run without pause before the samples, in windows of their own; 0 for not at all.
  var sustainedNanoseconds: Int64 = 0
  var windowNanoseconds: Int64 = 1_000_000_000
  /// A file of thousandths of a degree Celsius: a C string, empty for none.
  var temperature: [UInt8] = []
  /// Inferences in which every step is timed alone; 0 for none.
  var profileRuns = 0
  /// The timer library: a C string, empty for the one beside this program.
  var timer: [UInt8] = []
  /// Where `infer` writes: a C string.
  var outputDirectory: [UInt8] = []
}

enum InputSource {
  /// A C string: a file of exactly the input's bytes.
  case file([UInt8])
  case seed(UInt64)
}
