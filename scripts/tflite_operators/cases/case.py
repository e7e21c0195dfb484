"""A model with what is fed to it."""

import numpy as np

from model import Model, options

__all__ = ["Case", "Model", "QUANTIZED", "bias", "constants", "one", "options", "quantization", "weights"]

# Of activations by type: (scale, zero point).
QUANTIZED = {"i8": (0.03, 5), "u8": (0.03, 120), "i16": (1 / 8192, 0)}


class Case:
    def __init__(self, name, model, limits=None, fed=None, steps=1, joins=None):
        """`limits`: by input position, (low, high) of the seeded values. `fed`: by position, the values themselves.
        `steps`: by how many steps 8- and 16-bit integers may differ.
        `joins`: whether it may be run as a part of a larger model; not where values decide extents."""
        self.name, self.model, self.limits, self.fed, self.steps = name.replace("/", "-"), model, limits or {}, fed or {}, steps
        self.joins = len(model.root.subgraphs) == 1 and not fed if joins is None else joins

    def values(self, inputs):
        return [self.fed.get(i) for i in range(len(inputs))]

    def limits_of(self, inputs):
        return [self.limits.get(i, self.limits.get("all")) for i in range(len(inputs))]


def quantization(kind, scale=None, zero=None):
    if kind not in QUANTIZED:
        return {}
    return {"scale": scale or QUANTIZED[kind][0], "zero": QUANTIZED[kind][1] if zero is None else zero}


def constants(seed):
    return np.random.default_rng(seed)


def weights(model, shape, kind, seed=1, axis=0, per_channel=True, spread=0.5):
    """Constant weights of a product: f32 as they are, integers symmetric with a scale a channel of `axis` or one."""
    rng = constants(seed)
    if kind in ("f32", "f16"):
        return model.tensor(kind, shape, rng.uniform(-spread, spread, shape)), None
    top = {"i8": 127, "u8": 255, "i4": 7, "i2": 1}[kind]
    count = shape[axis] if per_channel else 1
    scales = rng.uniform(0.5, 1, count) * spread / (127 if kind == "u8" else top)
    if kind == "u8":
        return model.tensor(kind, shape, rng.integers(0, 256, shape), scale=scales[:1], zero=113), scales[:1]
    return model.tensor(kind, shape, rng.integers(-top, top + 1, shape), scale=scales, axis=axis), scales


def bias(model, count, kind, scales, seed=2):
    """The bias of a product of activations of the type `kind`: real, or in steps of input times weight scale."""
    rng = constants(seed)
    if kind not in QUANTIZED:
        return model.tensor("f32", [count], rng.uniform(-1, 1, count))
    steps = QUANTIZED[kind][0] * np.asarray(scales)
    values = rng.uniform(-0.5, 0.5, count) / steps
    return model.tensor("i64" if kind == "i16" else "i32", [count], np.round(values), scale=steps)


def one(name, code, kind, shapes, out_shape, opts=None, out_kind=None, in_quantization=None, out_quantization=None,
        limits=None, steps=1, extra=(), fed=None, version=1, kinds=None):
    """A model of one operator: inputs of `shapes`, then the constants `extra` as (kind, array[, quantization])."""
    model = Model()
    inputs = []
    for index, shape in enumerate(shapes):
        own = kinds[index] if kinds else kind
        q = in_quantization[index] if in_quantization else quantization(own)
        inputs.append(model.input(own, shape, **q))
    for item in extra:
        inputs.append(model.tensor(item[0], np.shape(item[1]), item[1], **(item[2] if len(item) > 2 else {})))
    own = out_kind or kind
    output = model.output(own, out_shape, **(quantization(own) if out_quantization is None else out_quantization))
    model.op(code, inputs, [output], opts, version=version)
    return Case(name, model, limits, fed, steps)
