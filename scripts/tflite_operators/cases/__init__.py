"""The models that edgebench is held against LiteRT on, by family of operators."""

from . import control, convolutions, detection, elements, indices, movement, products, recurrent, reductions, sparse

FAMILIES = [elements, convolutions, products, reductions, movement, indices, recurrent, control, detection, sparse]


def every():
    for family in FAMILIES:
        yield from family.cases()
