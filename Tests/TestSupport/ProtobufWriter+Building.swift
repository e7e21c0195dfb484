package import ModelFormats

extension ProtobufWriter {
  /// A message whose fields `build` writes.
  package init(_ build: (inout ProtobufWriter) -> Void) {
    self.init()
    build(&self)
  }

  /// A field that is a message, written by `build`.
  package mutating func message(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
    message(field, ProtobufWriter(build))
  }
}
