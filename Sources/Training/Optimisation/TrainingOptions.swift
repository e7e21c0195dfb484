/// How long and how fast a model trains. Together with model, data and objective it determines every bit of the result
/// on a given instruction set; the number of cores does not matter.
public struct TrainingOptions: Sendable, Hashable, Codable {
  public var epochs: Int
  public var batchSize: Int
  /// Samples that one core takes at a time. A batch's gradients are added up shard by shard, in order.
  public var shardSize: Int
  public var optimizer: Optimizer
  public var schedule: Schedule
  /// Of the order of the samples.
  public var seed: UInt64

  public init(
    epochs: Int, batchSize: Int = 64, shardSize: Int = 16, optimizer: Optimizer = .adamW(),
    schedule: Schedule = Schedule(peak: 2e-3), seed: UInt64 = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.shardSize = shardSize
    self.optimizer = optimizer
    self.schedule = schedule
    self.seed = seed
  }

  /// With batches of no more than `samples`, whole shards of them.
  public func fitted(to samples: Int) -> TrainingOptions {
    var options = self
    options.batchSize = max(shardSize, min(batchSize, samples / shardSize * shardSize))
    return options
  }
}
