import ArgumentParser
import Engines
import Units

/// `--arithmetic`.
struct ArithmeticOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How products of reals are computed: f32, the default, or f16 where that is faster.",
      discussion: "f16 costs accuracy, and needs a processor with neonfp16dot or neoni8mm.", valueName: "NAME"
    ),
    transform: { text throws in
      guard let arithmetic = Arithmetic(rawValue: text) else {
        throw ValidationError("--arithmetic is '\(printable(text, limit: 60))'; expected f32 or f16.")
      }
      return arithmetic
    })
  var arithmetic = Arithmetic.f32
}
