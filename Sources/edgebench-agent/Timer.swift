internal import CTimer

/// The timer library, opened: Google Benchmark's clock.
struct Timer {
  private let library: eb_timer_run

  /// - Parameter path: A C string; where it is empty, the library beside this program is opened.
  init(path: [UInt8]) throws(AgentError) {
    var run: eb_timer_run?
    var isOutOfMemory: Int32 = 0
    let fault =
      path.isEmpty
      ? eb_timer_open(nil, &run, &isOutOfMemory)
      : path.withUnsafeBufferPointer { path in
        path.withMemoryRebound(to: CChar.self) { eb_timer_open($0.baseAddress, &run, &isOutOfMemory) }
      }
    guard let run else {
      throw AgentError(
        kind: isOutOfMemory == 0 ? .noTimer : .outOfMemory,
        message: fault.map { String(cString: $0) } ?? "the timer cannot be opened")
    }
    library = run
  }

  /// Times `count` calls of `call`, each after one of `prepare`, into `samples`: nanoseconds.
  ///
  /// - Parameter count: At most `EB_TIMER_MAX_BATCH`.
  /// - Returns: 0, what a call returned instead, or `EB_TIMER_FAILED`.
  func run(
    prepare: eb_timer_call?, call: eb_timer_call, context: UnsafeMutableRawPointer?, count: Int,
    samples: UnsafeMutablePointer<Int64>?
  ) -> Int32 { library(prepare, call, context, count, samples) }

  /// What the timer sees: the work of one sample.
  private struct Work {
    let executor: Executor
    let inputs: InputSet
  }

  /// Times `count` inferences, each with its inputs in place, into `samples`: nanoseconds.
  ///
  /// - Parameter count: At most `EB_TIMER_MAX_BATCH`.
  func sample(
    _ loaded: Session.Loaded, count: Int, into samples: UnsafeMutablePointer<Int64>?
  ) throws(AgentError) {
    var work = Work(executor: loaded.executor, inputs: loaded.inputs)
    let status = withUnsafeMutablePointer(to: &work) { work in
      run(
        prepare: { context in
          guard let work = context?.assumingMemoryBound(to: Work.self) else { return EB_TIMER_FAILED }
          work.pointee.inputs.fill(work.pointee.executor)
          return 0
        },
        call: { context in
          guard let work = context?.assumingMemoryBound(to: Work.self) else { return EB_TIMER_FAILED }
          work.pointee.executor.run()
          return 0
        }, context: work, count: count, samples: samples)
    }
    guard status == 0 else {
      throw AgentError(
        kind: .internalFailure, message: "Google Benchmark gave no samples (status \(status))")
    }
  }

  /// The median time of a sample of nothing.
  func overhead() throws(AgentError) -> Int64 {
    let chunk = SampleChunk()
    let count = Int(EB_TIMER_MAX_BATCH)
    guard run(prepare: nil, call: { _ in 0 }, context: nil, count: count, samples: chunk.end) == 0 else {
      throw AgentError(kind: .internalFailure, message: "Google Benchmark gave no samples of an empty call")
    }
    chunk.append(count)
    return chunk.median
  }
}
