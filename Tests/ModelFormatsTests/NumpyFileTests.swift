import Graph
import ModelFormats
import Testing

@Suite struct NumpyFileTests {
  @Test func whatIsWrittenIsRead() throws {
    let file = NumpyFile(elementType: .f32, shape: [2, 3], data: TensorData([1, 2, 3, 4, 5, 6] as [Float]))
    let read = try NumpyFile(bytes: file.serialized(), path: "x.npy")
    #expect(read.elementType == .f32)
    #expect(read.shape == [2, 3])
    #expect(read.data.elements(as: Float.self) == [1, 2, 3, 4, 5, 6])
  }

  @Test func scalarsAndVectorsKeepTheirRank() throws {
    for shape: Shape in [.scalar, [1]] {
      let file = NumpyFile(elementType: .i8, shape: shape, data: TensorData([7] as [Int8]))
      #expect(try NumpyFile(bytes: file.serialized(), path: "x.npy").shape == shape)
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try NumpyFile(elementType: .i32, shape: [3], data: TensorData([1, 2, 3] as [Int32]))
      .serialized()
    for length in 0..<bytes.count {
      #expect(throws: NumpyError.self) { try NumpyFile(bytes: Array(bytes.prefix(length)), path: "x.npy") }
    }
  }

  @Test func aFortranArraySaysHowToSaveIt() {
    let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }"
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + [0, 0, 0, 0]
    #expect {
      try NumpyFile(bytes: bytes, path: "x.npy")
    } throws: { error in
      "\(error)" == "x.npy: is in Fortran order; expected C order: save numpy.ascontiguousarray(x)."
    }
  }

  @Test func aShapeWhoseProductOverflowsIsRefused() {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }"
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    #expect(throws: NumpyError.self) { try NumpyFile(bytes: bytes, path: "x.npy") }
  }
}
