import Graph

/// The schema's TensorProto.DataType.
enum ONNXDataType: Int {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
  case complex64, complex128, bfloat16
  case float8E4M3FN, float8E4M3FNUZ, float8E5M2, float8E5M2FNUZ
  case uint4, int4, float4E2M1, float8E8M0, uint2, int2

  /// The graph's type that holds its numbers; `nil` for types that no graph has.
  var elementType: ElementType? {
    switch self {
    case .float: .f32
    case .bfloat16: .bf16
    case .float16: .f16
    case .double: .f64
    case .int8: .i8
    case .uint8: .u8
    case .uint4: .u4
    case .uint2: .u2
    case .int16: .i16
    case .uint16: .u16
    case .int32: .i32
    case .uint32: .u32
    case .int64: .i64
    case .uint64: .u64
    case .bool: .bool
    case .int4: .i4
    case .int2: .i2
    case .float8E4M3FN: .f8e4m3fn
    case .float8E4M3FNUZ: .f8e4m3fnuz
    case .float8E5M2: .f8e5m2
    case .float8E5M2FNUZ: .f8e5m2fnuz
    case .float4E2M1: .f4e2m1
    case .float8E8M0: .f8e8m0
    case .string, .complex64, .complex128: nil
    }
  }

  /// The graph's type for a constant of this one: whole numbers of less than a byte are widened when they are read.
  var constantType: ElementType? {
    switch self {
    case .uint4, .uint2: .u8
    case .int4, .int2: .i8
    default: elementType
    }
  }

  /// The bits of one element in raw data.
  var bitWidth: Int {
    switch self {
    case .uint2, .int2: 2
    case .uint4, .int4, .float4E2M1: 4
    case .uint8, .int8, .bool, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .float, .int32, .uint32: 32
    case .double, .int64, .uint64, .complex64: 64
    case .complex128: 128
    case .string: 0
    }
  }
}
