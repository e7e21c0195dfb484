import AllocationCounter
import Foundation
import Graph
import Inference
import Lowering
import Testing

@Suite struct ExecutorTests {
  @Test(arguments: [1, 3]) func runsAllocateNothing(threads: Int) throws {
    let executor = try Executor(plan: Plan(bytes: PlanFixtures.convolutional()), threads: threads)
    executor.run()
    let before = eb_test_allocation_count()
    for _ in 0..<1000 { executor.run() }
    let allocations = eb_test_allocation_count() - before
    #expect(allocations == 0)
    // The counter does count.
    let box = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 8)
    #expect(eb_test_allocation_count() > before)
    box.deallocate()
  }

  @Test func statesCarryOverAndAreReset() throws {
    let executor = try Executor(plan: Plan(bytes: PlanFixtures.streaming()))
    func push(_ value: Float) -> [Float] {
      executor.input(0).storeBytes(of: value, as: Float.self)
      executor.run()
      return Array(executor.output(0).bindMemory(to: Float.self))
    }
    #expect(push(5) == [2, 3, 4, 5])
    #expect(push(6) == [3, 4, 5, 6])
    #expect(push(7) == [4, 5, 6, 7])
    executor.resetStates()
    #expect(push(5) == [2, 3, 4, 5])
  }

  @Test func stepsOneByOneDoWhatARunDoes() throws {
    let plan = try Plan(bytes: PlanFixtures.convolutional())
    let whole = try Executor(plan: plan)
    let single = try Executor(plan: plan)
    for executor in [whole, single] {
      for index in 0..<243 {
        executor.input(0).storeBytes(of: Float(index % 7) - 3, toByteOffset: 4 * index, as: Float.self)
      }
    }
    whole.run()
    for step in 0..<plan.stepCount { single.run(step: step) }
    #expect([UInt8](whole.output(0)) == [UInt8](single.output(0)))
    #expect(Array(whole.output(0).bindMemory(to: Float.self)).reduce(0, +).isApproximately(1))
  }

  @Test(arguments: [0, 2, 3, 1000]) func resultsDoNotDependOnThreads(threads: Int) throws {
    let plan = try Plan(bytes: PlanFixtures.convolutional())
    let executors = [try Executor(plan: plan), try Executor(plan: plan, threads: threads)]
    for executor in executors {
      for index in 0..<243 {
        executor.input(0).storeBytes(of: Float(index % 11) - 4, toByteOffset: 4 * index, as: Float.self)
      }
      for _ in 0..<10 { executor.run() }
    }
    #expect([UInt8](executors[0].output(0)) == [UInt8](executors[1].output(0)))
  }

  @Test func aPlanDescribesItsInputsOutputsAndSteps() throws {
    let plan = try Plan(bytes: PlanFixtures.convolutional())
    #expect(plan.inputCount == 1 && plan.outputCount == 1)
    #expect(plan.input(0).name == "image")
    #expect(plan.input(0).dimensions == [1, 9, 9, 3])
    #expect(plan.input(0).byteCount == 972)
    #expect(plan.input(0).elementType == ElementType.f32.rawValue)
    #expect(plan.output(0).dimensions == [1, 5])
    #expect(plan.step(0).operatorName.hasPrefix("conv2d_f32"))
    #expect(plan.step(0).nodeName == "conv2d")
  }

  @Test func aMappedFileIsTheSamePlan() throws {
    let path = NSTemporaryDirectory() + "executor-tests-\(UUID().uuidString).ebplan"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(PlanFixtures.streaming()).write(to: URL(fileURLWithPath: path))
    let executor = try Executor(plan: Plan(mapping: path))
    executor.input(0).storeBytes(of: 9, as: Float.self)
    executor.run()
    #expect(Array(executor.output(0).bindMemory(to: Float.self)) == [2, 3, 4, 9])
  }

  @Test func anInstructionSetThatThisProcessorLacksIsRefused() throws {
    #if arch(x86_64)
      let foreign: UInt32 = 16  // neon
    #else
      let foreign: UInt32 = 1  // avx2
    #endif
    let bytes = try PlanFixtures.streaming().edited { $1.isa = foreign }
    let plan = try Plan(bytes: bytes)
    #expect(throws: PlanError.instructionSet(foreign)) { try Executor(plan: plan) }
  }
}

extension Float {
  fileprivate func isApproximately(_ other: Float) -> Bool { abs(self - other) < 1e-5 }
}
