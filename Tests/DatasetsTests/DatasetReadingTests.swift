import Datasets
import Foundation
import Graph
import ModelFormats
import Testing

@Suite struct DatasetReadingTests {
  private let folder = Folder()
  private let input: Shape = [1, 2, 3, 1]

  private func read(classes: Int? = nil) throws -> Dataset {
    try Dataset.read(folder: folder.path, for: input, classes: classes)
  }

  /// The one line that reading the folder is refused with.
  private func refusal(classes: Int? = nil) -> String {
    do {
      _ = try read(classes: classes)
      return "accepted"
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path, with: "DIR")
        .replacingOccurrences(of: folder.name, with: "DIR")
    }
  }

  @Test func arraysOfAnyNumberTypeAreRead() throws {
    try folder.write(inputs: (0..<12).map { UInt8($0) }, .u8, [2, 2, 3], labels: [1, 0])
    let data = try read()
    #expect(data.values == (0..<12).map { Float($0) })
    #expect(data.labels == [1, 0])
    #expect(data.sampleShape == [2, 3, 1])
  }

  @Test func withoutLabelsThereAreNone() throws {
    try folder.write(inputs: (0..<12).map { Float($0) }, .f32, [2, 2, 3, 1], labels: nil)
    #expect(try read().labels == nil)
  }

  @Test func samplesOfAnotherShapeAreRefused() throws {
    try folder.write(inputs: (0..<12).map { Float($0) }, .f32, [2, 3, 2, 1], labels: [0, 1])
    #expect(refusal() == "DIR/inputs.npy: samples of 3x2x1; expected 2x3x1, the model's input.")
  }

  @Test func aNaNIsRefusedWithItsSample() throws {
    var values = (0..<12).map { Float($0) }
    values[7] = .nan
    try folder.write(inputs: values, .f32, [2, 2, 3, 1], labels: [0, 1])
    #expect(refusal() == "DIR: sample 1 has a NaN or infinity; expected finite numbers.")
  }

  @Test func aMissingClassIsRefusedByName() throws {
    try folder.write(inputs: (0..<12).map { Float($0) }, .f32, [2, 2, 3, 1], labels: [0, 2])
    #expect(refusal() == "DIR: no sample of class '1'; expected samples of all 3 classes.")
  }

  @Test func labelsOutOfRangeAreRefused() throws {
    try folder.write(inputs: (0..<12).map { Float($0) }, .f32, [2, 2, 3, 1], labels: [0, 2])
    #expect(refusal(classes: 2) == "DIR: sample 1 has label 2; expected 0 to 1.")
    try folder.write(inputs: (0..<12).map { Float($0) }, .f32, [2, 2, 3, 1], labels: [0, -1])
    #expect(refusal(classes: 2) == "DIR: sample 1 has label -1; expected 0 to 1.")
  }

  @Test func aLabelTooFewIsRefused() throws {
    try folder.write(inputs: (0..<12).map { Float($0) }, .f32, [2, 2, 3, 1], labels: [0])
    #expect(refusal() == "DIR: 1 labels for 2 samples; expected one label a sample.")
  }

  @Test func aTableMayHaveAHeadingAndLabels() throws {
    try folder.write("a,b,c,d,e,f,label\n0,1,2,3,4,5,1\n6, 7,8,9,10,11.5, 0\n", to: "data.csv")
    let data = try read()
    #expect(data.values == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11.5])
    #expect(data.labels == [1, 0])
  }

  @Test func aTableWithALineOfAnotherLengthIsRefused() throws {
    try folder.write("0,1,2,3,4,5,1\n0,1,2,3,4,5\n", to: "data.csv")
    #expect(
      refusal()
        == "DIR/data.csv: line 2: 6 numbers; expected 6 (a sample of 2x3x1), or 7 with the label, on every line."
    )
  }

  @Test func aTableWithATextIsRefused() throws {
    try folder.write("0,1,2,x,4,5\n", to: "data.csv")
    #expect(refusal() == "DIR/data.csv: line 1: 'x' in column 4; expected a finite number.")
  }

  @Test func imagesOfOneFolderAClassAreRead() throws {
    try folder.write(Samples.png, to: "cat/1.png")
    try folder.write(Samples.jpeg, to: "dog/1.jpg")
    let data = try read()
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.labels == [0, 1])
    #expect(data.values[3] == 1 && data.values[4] == 0)  // white and black stay what they are
    // The image of one grey: quantization at the best quality moves it by a step at most.
    #expect(data.values[6...].allSatisfy { abs($0 - 0.6) <= 1 / 255 + 1e-6 })
  }

  @Test func coloursAreReadInTheirOrder() throws {
    try folder.write(Samples.png, to: "cat/1.png")
    try folder.write(Samples.png, to: "dog/1.png")
    let data = try Dataset.read(folder: folder.path, for: [1, 2, 3, 3])
    #expect(data.values[..<9].elementsEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]))
    #expect(data.values[15..<18].elementsEqual([0.2, 0.4, 0.8]))
  }

  @Test func anImageOfAnotherSizeIsRefused() throws {
    try folder.write(Samples.png, to: "cat/1.png")
    let message = #expect(throws: DatasetError.self) {
      try Dataset.read(folder: folder.path, for: [1, 4, 3, 3])
    }
    #expect(message?.found == "an image of 2x3")
  }

  @Test(arguments: [1, 8, 20, 50, 60]) func aBrokenImageIsRefused(kept: Int) throws {
    for (image, name) in [(Samples.png, "1.png"), (Samples.jpeg, "1.jpg")] {
      let folder = Folder()
      try folder.write(Array(image.prefix(kept)), to: "cat/\(name)")
      #expect(throws: DatasetError.self) { try Dataset.read(folder: folder.path, for: [1, 2, 3, 1]) }
    }
  }

  @Test func anEmptyFolderIsRefused() {
    #expect(refusal().contains("neither 'inputs.npy' nor one .csv file nor a folder for each class"))
  }
}
