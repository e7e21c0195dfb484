"""Element-wise operators."""

import numpy as np

from .case import Case, Model, QUANTIZED, one, options, quantization

UNARIES = {
    "ABS": ("Abs", ["f32", "i8", "i16", "i32"]), "CEIL": (None, ["f32"]), "COS": ("Cos", ["f32"]), "ELU": (None, ["f32", "i8"]),
    "EXP": ("Exp", ["f32", "i8", "i16"]), "FLOOR": (None, ["f32"]), "HARD_SWISH": ("HardSwish", ["f32", "i8", "u8"]),
    "LOG": (None, ["f32", "i8"]), "LOGISTIC": (None, ["f32", "i8", "u8", "i16"]), "NEG": ("Neg", ["f32", "i8", "i32", "i64"]),
    "RELU": (None, ["f32", "i8", "u8", "i16"]), "RELU6": (None, ["f32", "i8", "u8", "i16"]), "RELU_N1_TO_1": (None, ["f32", "i8", "u8"]),
    "RELU_0_TO_1": (None, ["f32", "i8", "u8"]), "ROUND": (None, ["f32"]), "RSQRT": (None, ["f32", "i8", "i16"]),
    "SIGN": ("Sign", ["f32", "i32"]), "SIN": (None, ["f32"]), "SQRT": (None, ["f32", "i8", "i16"]), "SQUARE": ("Square", ["f32"]),
    "TANH": (None, ["f32", "i8", "u8", "i16"]), "LOGICAL_NOT": ("LogicalNot", ["bool"]),
}
POSITIVE = {"LOG", "RSQRT", "SQRT"}
BINARIES = {
    "ADD": ("Add", ["f32", "i8", "u8", "i16", "i32", "i64"]), "SUB": ("Sub", ["f32", "i8", "u8", "i16", "i32", "i64"]),
    "MUL": ("Mul", ["f32", "i8", "u8", "i16", "i32", "i64"]), "DIV": ("Div", ["f32", "u8", "i32"]),
    "MINIMUM": ("MaximumMinimum", ["f32", "i8", "u8", "i16", "i32", "i64"]), "MAXIMUM": ("MaximumMinimum", ["f32", "i8", "u8", "i16", "i32", "i64"]),
    "POW": ("Pow", ["f32", "i32"]), "SQUARED_DIFFERENCE": ("SquaredDifference", ["f32", "i8", "i32"]),
    "FLOOR_DIV": ("FloorDiv", ["f32", "i32", "i16", "i8"]), "FLOOR_MOD": ("FloorMod", ["f32", "i32", "i64", "i16", "i8"]),
    "EQUAL": ("Equal", ["f32", "i8", "u8", "i32", "i64", "bool"]), "NOT_EQUAL": ("NotEqual", ["f32", "i8", "i32", "bool"]),
    "LESS": ("Less", ["f32", "i8", "u8", "i32", "i64"]), "LESS_EQUAL": ("LessEqual", ["f32", "i8", "i32"]),
    "GREATER": ("Greater", ["f32", "i8", "i32", "i64"]), "GREATER_EQUAL": ("GreaterEqual", ["f32", "i8", "i32", "i16"]),
    "LOGICAL_AND": ("LogicalAnd", ["bool"]), "LOGICAL_OR": ("LogicalOr", ["bool"]),
    "ATAN2": ("ATan2", ["f32", "f64"]), "BITWISE_XOR": ("BitwiseXor", ["i8", "u8", "i16", "i32", "u32"]),
    "RIGHT_SHIFT": ("RightShift", ["i8", "u8", "i16", "i32", "u32"]),
}
COMPARES = {"EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"}
ACTIVATED = {"ADD", "SUB", "MUL", "DIV"}
PLAIN = {"FLOOR_DIV", "FLOOR_MOD", "BITWISE_XOR", "RIGHT_SHIFT"}  # of the integers themselves
SHAPES = [([2, 3, 4], [2, 3, 4]), ([1, 5, 1, 7], [3, 1, 2, 7]), ([4, 6], []), ([1], [2, 3]), ([2, 3, 4, 5], [5]), ([2, 1, 3, 1, 2], [1, 4, 1, 5, 2])]


def out_of_unary(code, kind):
    if kind not in QUANTIZED:
        return {}
    if code in ("LOGISTIC", "TANH"):
        signed = code == "TANH"
        if kind == "i16":
            return {"scale": 1 / 32768, "zero": 0}
        zero = {("i8", True): 0, ("i8", False): -128, ("u8", True): 128, ("u8", False): 0}[kind, signed]
        return {"scale": 1 / 128 if signed else 1 / 256, "zero": zero}
    return quantization(kind)


def unaries():
    for code, (opts, kinds) in UNARIES.items():
        for kind in kinds:
            limits, quantized = {}, [quantization(kind)]
            if kind == "f32":
                limits = {"all": (0.01, 9) if code in POSITIVE else (-9, 9)}
            if kind in QUANTIZED and code in POSITIVE:
                zero = {"i8": -128, "u8": 0, "i16": 0}[kind]
                quantized, limits = [quantization(kind, zero=zero)], {"all": (1, 32767) if kind == "i16" else (-127, 128)}
            if kind == "i16" and code in ("LOGISTIC", "TANH"):
                for name, scale in (("power", 1 / 4096), ("other", 0.0003)):
                    yield one(f"{code}.{kind}.{name}", code, kind, [[2, 3, 5, 7]], [2, 3, 5, 7], options(opts) if opts else None,
                              in_quantization=[{"scale": scale, "zero": 0}], out_quantization=out_of_unary(code, kind))
                continue
            if kind == "i64" or kind == "i32":
                limits = {"all": (-50, 50)}
            yield one(f"{code}.{kind}", code, kind, [[2, 3, 5, 7]], [2, 3, 5, 7], options(opts) if opts else None,
                      in_quantization=quantized, out_quantization=out_of_unary(code, kind), limits=limits)
    for kind in ("f32", "i8", "u8", "i16"):
        yield one(f"LEAKY_RELU.{kind}", "LEAKY_RELU", kind, [[3, 40]], [3, 40], options("LeakyRelu", alpha=0.13))
        yield one(f"PRELU.{kind}", "PRELU", kind, [[1, 5, 4, 6]], [1, 5, 4, 6],
                  extra=[(kind, np.linspace(10, 100, 6).reshape(1, 1, 6) if kind != "f32" else np.linspace(-1, 1, 6).reshape(1, 1, 6),
                          quantization(kind, 0.01))] if kind != "f32" else [("f32", np.linspace(-1, 1, 6).reshape(1, 1, 6))])
    for kind in ("f32", "i8"):
        for approximate in (False, True):
            yield one(f"GELU.{kind}.{'tanh' if approximate else 'erf'}", "GELU", kind, [[4, 50]], [4, 50],
                      options("Gelu", approximate=approximate), limits={"all": (-5, 5)} if kind == "f32" else None)
    yield one("ROUND.f32.ties", "ROUND", "f32", [[8]], [8], fed={0: np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.49, -3.51], np.float32)})


def binaries():
    for code, (opts, kinds) in BINARIES.items():
        for kind in kinds:
            is_plain = code in PLAIN
            for position, (a, b) in enumerate(SHAPES):
                if position >= 3 and kind not in ("f32", "i8", "i32") or code == "ATAN2" and a != b:
                    continue
                limits = {}
                if kind in ("i32", "i64", "u32"):
                    limits = {0: (-90, 90), 1: (1, 6)} if kind != "u32" else {0: (0, 1 << 31), 1: (0, 20)}
                if code == "DIV" and kind == "u8":
                    limits = {1: (150, 255)}
                if kind in ("i8", "i16") and is_plain:
                    limits = {0: (-90, 90), 1: (1, 7)}
                if kind == "u8" and code == "RIGHT_SHIFT":
                    limits = {1: (0, 8)}
                if code == "POW":
                    limits = {0: (0.1, 3)} if kind == "f32" else {0: (-3, 4), 1: (0, 5)}
                if kind == "f32" and code in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
                    limits = {0: (-9, 9), 1: (0.5, 2)}
                if kind == "f32" and code in ("EQUAL", "NOT_EQUAL"):
                    limits = {"all": (0, 1e-38)}
                quantized = [{}, {}] if is_plain else [quantization(kind), quantization(kind, *((0.02, 3) if kind == "i8" else (0.02, 90) if kind == "u8" else (1 / 4096, 0)))]
                if code in ("MINIMUM", "MAXIMUM"):
                    quantized = [quantization(kind)] * 2
                if kind == "i16" and code in ("ADD", "SUB"):
                    quantized = [{"scale": 2 ** -12, "zero": 0}, {"scale": 2 ** -13, "zero": 0}]
                out = {"scale": {"MUL": 0.05, "ADD": 0.04}.get(code, 0.03), "zero": {"i8": -3, "u8": 130}.get(kind, 0)} if kind in QUANTIZED and not is_plain else {}
                if code in ("MINIMUM", "MAXIMUM"):
                    out = quantization(kind)
                if kind == "i16" and not is_plain and code not in ("MINIMUM", "MAXIMUM"):
                    out = {"scale": 2 ** -11, "zero": 0}
                shape = list(np.broadcast_shapes(tuple(a), tuple(b)))
                out_kind = "bool" if code in COMPARES else kind
                for activation in (0, 1, 3) if code in ACTIVATED and position == 0 and kind in ("f32", "i8", "u8", "i16") else (0,):
                    fields = {"fusedActivationFunction": activation} if code in ACTIVATED else {}
                    if kind == "i16" and code in ("ADD", "SUB"):
                        fields["potScaleInt16"] = False
                    name = f"{code}.{kind}.{position}" + (f".act{activation}" if activation else "")
                    yield one(name, code, kind, [a, b], shape, options(opts, **fields), out_kind=out_kind, in_quantization=quantized,
                              out_quantization={} if out_kind == "bool" else out, limits=limits,
                              steps=1, version=1)


def others():
    for count in (1, 3, 4):
        for kind in ("f32", "i32"):
            yield one(f"ADD_N.{kind}.{count}", "ADD_N", kind, [[2, 5]] * count, [2, 5])
    for code in ("SELECT", "SELECT_V2"):
        for kind in ("f32", "i8", "i16", "i32", "i64", "bool"):
            yield one(f"{code}.{kind}", code, kind, [[3, 4]] * 3, [3, 4], kinds=["bool", kind, kind], in_quantization=[{}] + [quantization(kind)] * 2)
    yield one("SELECT.rows", "SELECT", "f32", [[3], [3, 4], [3, 4]], [3, 4], kinds=["bool", "f32", "f32"])
    yield one("SELECT.scalar", "SELECT", "f32", [[], [3, 4], [3, 4]], [3, 4], kinds=["bool", "f32", "f32"])
    yield one("SELECT_V2.broadcast", "SELECT_V2", "f32", [[3, 1], [1, 4], [2, 3, 4]], [2, 3, 4], kinds=["bool", "f32", "f32"])
    yield one("SELECT_V2.scalars", "SELECT_V2", "f32", [[3, 5], [], []], [3, 5], kinds=["bool", "f32", "f32"])
    for kind in ("f32", "i32", "i64"):
        yield one(f"ZEROS_LIKE.{kind}", "ZEROS_LIKE", kind, [[2, 3]], [2, 3])
    for source in ("f32", "i8", "u8", "i16", "i32", "i64", "bool", "f16", "f64"):
        for target in ("f32", "i8", "u8", "i16", "i32", "i64", "bool", "f16", "f64"):
            if source != target:
                limits = {"all": (0, 100)} if source not in ("bool",) else {}
                yield one(f"CAST.{source}.{target}", "CAST", source, [[3, 7]], [3, 7], options("Cast"), out_kind=target,
                          in_quantization=[{}], out_quantization={}, limits=limits)
    for source, target, given, wanted in (
            ("f32", "i8", {}, quantization("i8")), ("f32", "u8", {}, quantization("u8")), ("f32", "i16", {}, quantization("i16")),
            ("i8", "i8", quantization("i8"), {"scale": 0.05, "zero": -7}), ("i8", "u8", quantization("i8"), quantization("u8")),
            ("u8", "i8", quantization("u8"), quantization("i8")), ("u8", "u8", quantization("u8"), {"scale": 0.05, "zero": 17}),
            ("i16", "i8", quantization("i16"), quantization("i8")), ("i8", "i16", quantization("i8"), {"scale": 1 / 4096, "zero": 0}),
            ("i16", "i16", quantization("i16"), {"scale": 1 / 4096, "zero": 0}), ("i16", "i32", quantization("i16"), {"scale": 2 ** -20, "zero": 0}),
            ("i32", "i8", {"scale": 0.001, "zero": 0}, quantization("i8")), ("i32", "i16", {"scale": 0.001, "zero": 0}, quantization("i16"))):
        yield one(f"QUANTIZE.{source}.{target}", "QUANTIZE", source, [[5, 50]], [5, 50], options("Quantize"), out_kind=target,
                  in_quantization=[given], out_quantization=wanted, limits={0: (-4, 4)} if source == "f32" else {0: (-3000, 3000)} if source == "i32" else None)
    for source in ("i8", "u8", "i16", "f16"):
        yield one(f"DEQUANTIZE.{source}", "DEQUANTIZE", source, [[5, 50]], [5, 50], options("Dequantize"), out_kind="f32")
    yield one("BITCAST.f32.i32", "BITCAST", "f32", [[2, 3]], [2, 3], options("Bitcast"), out_kind="i32")
    yield one("BITCAST.i32.u8", "BITCAST", "i32", [[2, 3]], [2, 3, 4], options("Bitcast"), out_kind="u8", out_quantization={})
    yield one("BITCAST.u8.i32", "BITCAST", "u8", [[2, 3, 4]], [2, 3], options("Bitcast"), out_kind="i32", in_quantization=[{}])
    for bits in (8, 4):
        yield one(f"FAKE_QUANT.{bits}", "FAKE_QUANT", "f32", [[4, 40]], [4, 40], options("FakeQuant", min=-0.7, max=0.9, numBits=bits), limits={"all": (-1, 1)})
    yield one("FAKE_QUANT.narrow", "FAKE_QUANT", "f32", [[4, 40]], [4, 40], options("FakeQuant", min=-0.7, max=0.9, numBits=8, narrowRange=True))


def cases():
    yield from unaries()
    yield from binaries()
    yield from others()
