"""Constants that are stored sparse."""

import numpy as np

from model import schema

from .case import Case, Model, constants, options


def level(size=None, segments=None, indices=None, kind="Int32"):
    d = schema.DimensionMetadataT()
    if size is not None:
        d.format, d.denseSize = schema.DimensionType.DENSE, size
        return d
    d.format = schema.DimensionType.SPARSE_CSR
    wide = {"Int32": np.int32, "Uint16": np.uint16, "Uint8": np.uint8}[kind]
    for name, values in (("Segments", segments), ("Indices", indices)):
        vector = getattr(schema, f"{kind}VectorT")()
        vector.values = np.asarray(values, wide)
        setattr(d, f"array{name}Type", getattr(schema.SparseIndexVector, f"{kind}Vector"))
        setattr(d, f"array{name}", vector)
    return d


def sparsity(order, levels, blocks=()):
    s = schema.SparsityParametersT()
    s.traversalOrder, s.dimMetadata = np.asarray(order, np.int32), levels
    s.blockMap = np.asarray(blocks, np.int32)
    return s


def rows_of(dense, kind="Int32"):
    """A matrix whose rows are compressed."""
    segments, indices = [0], []
    for row in dense:
        indices += list(np.nonzero(row)[0])
        segments.append(len(indices))
    return sparsity([0, 1], [level(dense.shape[0]), level(segments=segments, indices=indices, kind=kind)]), dense[dense != 0]


def blocks_of(dense, height, width):
    """A matrix of dense blocks, whose rows of blocks are compressed."""
    rows, columns = dense.shape[0] // height, dense.shape[1] // width
    segments, indices, values = [0], [], []
    for i in range(rows):
        for j in range(columns):
            block = dense[i * height:(i + 1) * height, j * width:(j + 1) * width]
            if block.any():
                indices.append(j)
                values.append(block.reshape(-1))
        segments.append(len(indices))
    return sparsity([0, 1, 2, 3], [level(rows), level(segments=segments, indices=indices), level(height), level(width)], [0, 1]), np.concatenate(values)


def densified(name, kind, encode, shape=(8, 12)):
    model, rng = Model(), constants(6)
    dense = np.where(rng.uniform(size=shape) < 0.4, rng.integers(1, 100, shape), 0)
    if encode is not rows_of and "Uint" not in name:
        dense = np.kron(rng.integers(0, 2, (shape[0] // 2, shape[1] // 4)), np.ones((2, 4), int)) * rng.integers(1, 100, shape)
    layout, values = encode(dense)
    numpy_kind = {"f32": np.float32, "f16": np.float16, "i8": np.int8}[kind]
    quantized = {"scale": 0.01} if kind == "i8" else {}
    stored = model.tensor(kind, list(shape), sparsity=layout, raw=values.astype(numpy_kind), **quantized)
    w = model.tensor(kind, list(shape), **quantized)
    model.op("DENSIFY", [stored], [w], options("Densify"))
    if kind == "f16":
        wide = model.tensor("f32", list(shape))
        model.op("DEQUANTIZE", [w], [wide], options("Dequantize"))
        w = wide
    x = model.input("f32", [3, shape[1]])
    y = model.output("f32", [3, shape[0]])
    b = model.tensor("f32", [shape[0]], np.zeros(shape[0]))
    if kind == "i8":
        wide = model.tensor("f32", list(shape))
        model.op("DEQUANTIZE", [w], [wide], options("Dequantize"))
        w = wide
    model.op("FULLY_CONNECTED", [x, w, b], [y], options("FullyConnected"))
    return Case(name, model, joins=False)


def cases():
    for kind in ("f32", "f16", "i8"):
        yield densified(f"DENSIFY.{kind}.rows", kind, rows_of)
        yield densified(f"DENSIFY.{kind}.blocks", kind, lambda dense: blocks_of(dense, 2, 4))
    for wide in ("Uint16", "Uint8"):
        yield densified(f"DENSIFY.f32.{wide}", "f32", lambda dense: rows_of(dense, wide))
