"""Writes small TFLite models: tensors and operators in, the bytes of a file out."""

import copy

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    "f32": (schema.TensorType.FLOAT32, np.float32),
    "f16": (schema.TensorType.FLOAT16, np.float16),
    "f64": (schema.TensorType.FLOAT64, np.float64),
    "i8": (schema.TensorType.INT8, np.int8),
    "u8": (schema.TensorType.UINT8, np.uint8),
    "i16": (schema.TensorType.INT16, np.int16),
    "u16": (schema.TensorType.UINT16, np.uint16),
    "i32": (schema.TensorType.INT32, np.int32),
    "u32": (schema.TensorType.UINT32, np.uint32),
    "i64": (schema.TensorType.INT64, np.int64),
    "bool": (schema.TensorType.BOOL, np.bool_),
    "i4": (schema.TensorType.INT4, np.int8),
    "i2": (schema.TensorType.INT2, np.int8),
    "resource": (schema.TensorType.RESOURCE, np.int32),
    "c64": (schema.TensorType.COMPLEX64, np.complex64),
}


def packed(values, bits):
    """Signed elements of `bits` bits, the first in the lowest bits of a byte."""
    per_byte = 8 // bits
    flat = np.asarray(values, np.int8).reshape(-1)
    flat = np.concatenate([flat, np.zeros(-len(flat) % per_byte, np.int8)]).astype(np.uint8)
    parts = (flat & (2**bits - 1)).reshape(-1, per_byte)
    return (parts << (np.arange(per_byte, dtype=np.uint8) * bits)).sum(axis=1, dtype=np.uint8)


class Subgraph:
    def __init__(self, model, name):
        self.model, self.table = model, schema.SubGraphT()
        self.table.name, self.table.tensors, self.table.operators = name, [], []
        self.table.inputs, self.table.outputs = [], []

    def tensor(self, kind, shape, data=None, scale=None, zero=0, axis=0, name=None, variable=False, sparsity=None, raw=None):
        """A tensor of the type `kind`; `data` makes it a constant. `scale` may be one number or one a channel of `axis`."""
        t = schema.TensorT()
        t.name = name or f"t{len(self.table.tensors)}"
        t.shape, t.type = np.asarray(shape, np.int32), TYPES[kind][0]
        t.isVariable, t.sparsity, t.buffer = variable, sparsity, 0
        if data is not None:
            values = np.asarray(data)
            bits = {"i4": 4, "i2": 2}.get(kind)
            raw = packed(values, bits) if bits else np.ascontiguousarray(values, TYPES[kind][1])
        if raw is not None:
            t.buffer = self.model.buffer(np.frombuffer(raw.tobytes(), np.uint8))
        if scale is not None:
            q = schema.QuantizationParametersT()
            q.scale = np.atleast_1d(np.asarray(scale, np.float32))
            q.zeroPoint = np.broadcast_to(np.asarray(zero, np.int64), q.scale.shape).copy()
            q.quantizedDimension = axis
            t.quantization = q
        self.table.tensors.append(t)
        return len(self.table.tensors) - 1

    def input(self, kind, shape, **quantization):
        index = self.tensor(kind, shape, **quantization)
        self.table.inputs.append(index)
        return index

    def output(self, kind, shape, **quantization):
        index = self.tensor(kind, shape, **quantization)
        self.table.outputs.append(index)
        return index

    def op(self, code, inputs, outputs, options=None, custom=None, intermediates=None, version=1):
        """`code` is a name of the schema's BuiltinOperator, or CUSTOM:name with the options' bytes in `custom`."""
        o = schema.OperatorT()
        o.opcodeIndex = self.model.code(code, version)
        o.inputs, o.outputs = np.asarray(inputs, np.int32), np.asarray(outputs, np.int32)
        if options is not None:
            kind = type(options).__name__[:-1]
            if hasattr(schema.BuiltinOptions, kind):
                o.builtinOptionsType, o.builtinOptions = getattr(schema.BuiltinOptions, kind), options
            else:
                o.builtinOptions2Type, o.builtinOptions2 = getattr(schema.BuiltinOptions2, kind), options
        if custom is not None:
            o.customOptions = np.frombuffer(custom, np.uint8)
        if intermediates is not None:
            o.intermediates = np.asarray(intermediates, np.int32)
        self.table.operators.append(o)


class Model(Subgraph):
    """A model whose own methods fill the main subgraph."""

    def __init__(self):
        self.root = schema.ModelT()
        self.root.version, self.root.description = 3, "edgebench conformance"
        self.root.operatorCodes, self.root.buffers, self.root.subgraphs = [], [schema.BufferT()], []
        self.codes = {}
        super().__init__(self, "main")
        self.root.subgraphs.append(self.table)

    def subgraph(self, name):
        """A further subgraph and its index."""
        part = Subgraph(self, name)
        self.root.subgraphs.append(part.table)
        return part, len(self.root.subgraphs) - 1

    def buffer(self, data):
        b = schema.BufferT()
        b.data = data
        self.root.buffers.append(b)
        return len(self.root.buffers) - 1

    def code(self, name, version):
        if (name, version) not in self.codes:
            c = schema.OperatorCodeT()
            if name.startswith("CUSTOM:"):
                c.builtinCode, c.customCode = schema.BuiltinOperator.CUSTOM, name[7:]
            else:
                c.builtinCode = getattr(schema.BuiltinOperator, name)
            c.deprecatedBuiltinCode, c.version = min(c.builtinCode, 127), version
            self.root.operatorCodes.append(c)
            self.codes[name, version] = len(self.root.operatorCodes) - 1
        return self.codes[name, version]

    def bytes(self):
        builder = flatbuffers.Builder(4096)
        builder.Finish(self.root.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def options(kind, **fields):
    """`options("Conv2D", padding=1)`: the schema's Conv2DOptionsT with fields set."""
    table = getattr(schema, kind + "OptionsT")()
    for name, value in fields.items():
        if not hasattr(table, name):
            raise AttributeError(f"{kind}Options has no {name}")
        setattr(table, name, value)
    return table


def merged(models):
    """One model that holds the main subgraphs of `models` beside each other, or `None` where one has more than that.

    Tensors of model `i` are called `i:NAME`, so that an error says whose they are. Also returns how many operators
    precede those of each.
    """
    whole, firsts = Model(), []
    for number, model in enumerate(models):
        if len(model.root.subgraphs) != 1:
            return None, None
        firsts.append(len(whole.table.operators))
        tensor, buffer = len(whole.table.tensors), len(whole.root.buffers)
        whole.root.buffers += model.root.buffers
        names = {index: key for key, index in model.codes.items()}
        for t in model.table.tensors:
            t = copy.copy(t)
            t.name, t.buffer = f"{number}:{t.name}", t.buffer + buffer if t.buffer else 0
            whole.table.tensors.append(t)
        shift = lambda indices: [int(i) + tensor if i >= 0 else -1 for i in indices]
        for o in model.table.operators:
            o = copy.copy(o)
            o.opcodeIndex = whole.code(*names[o.opcodeIndex])
            o.inputs, o.outputs = np.asarray(shift(o.inputs), np.int32), np.asarray(shift(o.outputs), np.int32)
            if o.intermediates is not None:
                o.intermediates = np.asarray(shift(o.intermediates), np.int32)
            whole.table.operators.append(o)
        whole.table.inputs += shift(model.table.inputs)
        whole.table.outputs += shift(model.table.outputs)
    return whole, firsts
