"""What ends object detectors."""

import numpy as np
from flatbuffers import flexbuffers

from .case import Case, Model, constants


def post_process(name, regular, classes=5, boxes=40, per_detection=1, detections=7, background=1, kind="f32", threshold=0.3):
    model, rng = Model(), constants(5)
    columns = classes + background
    quantized = {"scale": 0.02, "zero": 3} if kind == "i8" else {"scale": 0.02, "zero": 128} if kind == "u8" else {}
    encodings = model.input(kind, [1, boxes, 4], **quantized)
    scores = model.input(kind, [1, boxes, columns], **({"scale": 1 / 256, "zero": -128 if kind == "i8" else 0} if quantized else {}))
    centers = rng.uniform(0.2, 0.8, [boxes, 2])
    places = np.concatenate([centers, rng.uniform(0.1, 0.4, [boxes, 2])], 1)
    if quantized:
        anchors = model.tensor(kind, [boxes, 4], np.round(places * 255) - (128 if kind == "i8" else 0), scale=1 / 255, zero=-128 if kind == "i8" else 0)
    else:
        anchors = model.tensor("f32", [boxes, 4], places)
    builder = flexbuffers.Builder()
    with builder.Map():
        for key, value in (("max_detections", detections), ("max_classes_per_detection", per_detection), ("detections_per_class", 6),
                           ("num_classes", classes)):
            builder.Int(key, value)
        builder.Bool("use_regular_nms", regular)
        for key, value in (("nms_score_threshold", threshold), ("nms_iou_threshold", 0.5), ("y_scale", 10.0), ("x_scale", 10.0), ("h_scale", 5.0), ("w_scale", 5.0)):
            builder.Float(key, value)
    rows = detections * per_detection
    outputs = [model.output("f32", [1, rows, 4]), model.output("f32", [1, rows]), model.output("f32", [1, rows]), model.output("f32", [1])]
    model.op("CUSTOM:TFLite_Detection_PostProcess", [encodings, scores, anchors], outputs, custom=bytes(builder.Finish()))
    return Case(name, model, limits={1: (0, 1)} if kind == "f32" else {})


def suppression(name, most, scores=False, boxes=40, overlap=0.4, threshold=0.2):
    """NON_MAX_SUPPRESSION_V4, or V5 with `scores`, of boxes that mostly overlap."""
    model, rng = Model(), constants(6)
    inputs = [model.input("f32", [boxes, 4]), model.input("f32", [boxes]), model.tensor("i32", [], most),
              model.tensor("f32", [], overlap), model.tensor("f32", [], threshold)]
    outputs = [model.output("i32", [most]), model.output("i32", [])]
    if scores:
        inputs.append(model.tensor("f32", [], 0.0))
        outputs.insert(1, model.output("f32", [most]))
    model.op("NON_MAX_SUPPRESSION_V5" if scores else "NON_MAX_SUPPRESSION_V4", inputs, outputs)
    corners = rng.uniform(0, 0.6, [boxes, 2])
    places = np.concatenate([corners, corners + rng.uniform(0.2, 0.4, [boxes, 2])], 1).astype(np.float32)
    return Case(name, model, fed={0: places}, limits={1: (0, 1)})


def cases():
    for scores in (False, True):
        version = f"NON_MAX_SUPPRESSION_V{5 if scores else 4}"
        yield suppression(f"{version}.few", 5, scores)
        yield suppression(f"{version}.many", 30, scores)
        yield suppression(f"{version}.more-than-boxes", 50, scores)
        yield suppression(f"{version}.none", 6, scores, threshold=2.0)
    for kind in ("f32", "u8", "i8"):
        for regular in (False, True):
            yield post_process(f"DETECTION.{kind}.{'regular' if regular else 'fast'}", regular, kind=kind)
    yield post_process("DETECTION.f32.classes", False, per_detection=3)
    yield post_process("DETECTION.f32.no-background", False, background=0)
    yield post_process("DETECTION.f32.one-class", False, classes=1)
    yield post_process("DETECTION.f32.many", False, boxes=1000, detections=100, classes=20)
