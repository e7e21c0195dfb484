internal import CKernels
internal import CLinux

/// The command line: `--version`, `--help`, or nothing.
enum Arguments {
  static let version: StaticString = "0.1.0"

  static var first: UnsafePointer<CChar>? { eb_program_argument(0) }

  /// Answers on standard output, or says on standard error what was expected. Returns the exit status.
  static func answer(_ argument: UnsafePointer<CChar>) -> Int32 {
    if matches(argument, "--version") || matches(argument, "-V") {
      var output = JSONWriter(descriptor: 1)
      output.text("edgebench-agent ")
      output.text(version)
      output.text(" (protocol 1, plans ")
      output.planRevision()
      output.text(", ")
      output.text(Build.configuration)
      output.text(" build, ")
      output.text(eb_isa_name(eb_isa_detect()))
      output.text(")\n")
      return output.flush() ? 0 : 3
    }
    if matches(argument, "--help") || matches(argument, "-h") {
      var output = JSONWriter(descriptor: 1)
      output.text(help)
      return output.flush() ? 0 : 3
    }
    var output = JSONWriter(descriptor: 2)
    output.text("edgebench-agent: unknown argument '")
    output.text(argument)
    output.text("'; expected --version, --help, or nothing. See 'edgebench-agent --help'.\n")
    _ = output.flush()
    return 2
  }

  private static func matches(_ argument: UnsafePointer<CChar>, _ option: StaticString) -> Bool {
    for index in 0..<option.utf8CodeUnitCount {
      guard UInt8(bitPattern: argument[index]) == option.utf8Start[index] else { return false }
    }
    return argument[option.utf8CodeUnitCount] == 0
  }

  private static let help: StaticString = """
    Runs plans (.ebplan) and says how long each inference took. 'edgebench' starts it; a board runs it over ssh.

    usage: edgebench-agent [--version | --help]

    Without an argument it greets on standard output, then answers one request a line from standard input
    until the end of it: JSON objects, one a line, protocol 1.

      {"request": "measure", "plan": "model.ebplan", "inputs": [{"file": "0.raw"}, {"seed": 7}],
       "threads": 1, "warm_up": 3, "samples": 100, "max_samples": 10000, "min_ns": 0,
       "max_ns": 10000000000, "profile_runs": 0, "timer": "/usr/lib/edgebench/libedgebench-timer.so"}
      {"request": "infer", "plan": "model.ebplan", "inputs": [{"file": "0.raw"}], "threads": 1,
       "output_dir": "outputs"}
      {"request": "count", "plan": "model.ebplan", "samples": 2}

    An input is a file of exactly the tensor's bytes, or numbers made from a seed; seed 1 where none is given.
    Events: hello, loading, loaded, first, window, samples, steps, memory, output, done, error. Outputs are written to
    output_dir as 0.raw, 1.raw, ... in the model's order.
    'count' marks each of "samples" inferences for an emulator that counts their instructions.
    "sustained_ns" runs without pause for that long before the samples, and says in a 'window' event every "window_ns" how
    fast, at which measured clock, and how hot ("temperature": a file of thousandths of a degree).
    The timer is the library that 'measure' takes its samples with, opened after the first inference and the
    warm-up; where none is named, libedgebench-timer.so in this program's folder.
    Sampling ends at max_ns or max_samples, or once there are 'samples' samples and min_ns has passed.

    EDGEBENCH_ISA=NAME  use the kernels of another instruction set than the best one: scalar, avx2, neon, ...

    Exit status: 0 at the end of standard input; 2 unknown argument; 3 standard output cannot be written.

    """
}
