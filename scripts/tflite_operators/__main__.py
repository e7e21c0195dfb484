"""Holds edgebench against LiteRT, operator by operator, on models made here.

    python scripts/tflite_operators --edgebench .build/debug/edgebench [--filter TEXT] [--keep DIR] [--list]

Each model is run by LiteRT's optimised kernels and by its reference kernels. Allowed is what they differ by, at least one step
of an integer and 1e-4 of the largest magnitude of a float. Integers that are not the same bit for bit are counted apart.
Needs numpy and ai-edge-litert; without them it says so and checks nothing.
"""

import argparse
import os
import pickle
import re
import subprocess
import sys
import tempfile
import zlib

try:
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
except ImportError as missing:
    print(f"SKIPPED: conformance of TFLite's operators needs {missing.name} (pip install numpy ai-edge-litert)", file=sys.stderr)
    sys.exit(0)

import cases
import known
from model import merged


def feed(rng, detail, limits):
    """Seeded values for an input; `limits` are (low, high), exclusive, in its own type."""
    shape, kind = [int(d) for d in detail["shape"]], np.dtype(detail["dtype"])
    if kind.kind == "f":
        low, high = limits or (-1, 1)
        return rng.uniform(low, high, shape).astype(kind)
    if kind == np.bool_:
        return rng.integers(0, 2, shape).astype(bool)
    if limits is None:
        limits = (0, 8) if kind.itemsize > 2 else (np.iinfo(kind).min, int(np.iinfo(kind).max) + 1)
    return rng.integers(limits[0], limits[1], shape).astype(kind)


class Peer:
    def __init__(self, path, kind):
        self.interpreter = Interpreter(model_path=path, num_threads=1, experimental_op_resolver_type=kind)
        self.interpreter.allocate_tensors()
        self.inputs = self.interpreter.get_input_details()

    def run(self, values):
        for detail, value in zip(self.inputs, values):
            self.interpreter.set_tensor(detail["index"], value)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(d["index"]).copy() for d in self.interpreter.get_output_details()]


def difference(a, b):
    a, b = a.astype(np.float64).reshape(-1), b.astype(np.float64).reshape(-1)
    both = np.isfinite(a) & np.isfinite(b)
    return float(np.abs(a[both] - b[both]).max()) if both.any() else 0.0


def verdict(mine, theirs, reference, steps):
    """'exact', 'near' or why it is neither."""
    if mine.shape != theirs.shape:
        return f"shape {mine.shape} against {theirs.shape}"
    if mine.dtype != theirs.dtype:
        return f"type {mine.dtype} against {theirs.dtype}"
    if np.array_equal(mine, theirs, equal_nan=mine.dtype.kind in "fc"):
        return "exact"
    if mine.dtype.kind == "b":
        return f"{int((mine != theirs).sum())} of {mine.size} truth values"
    if not np.array_equal(np.isnan(mine), np.isnan(theirs)):
        return "NaN in other places"
    if not np.array_equal(mine[np.isinf(mine)], theirs[np.isinf(theirs)]):
        return "infinite in other places"
    is_integer = mine.dtype.kind in "iu"
    finite = theirs[np.isfinite(theirs)]
    scale = max(1e-3, float(np.abs(finite).max()) if finite.size else 0.0)
    allowed = steps if is_integer and mine.dtype.itemsize <= 2 else 0 if is_integer else 1e-4 * scale
    error = difference(mine, theirs)
    if reference is not None and reference.shape == theirs.shape:
        allowed = max(allowed, difference(theirs, reference))
        error = min(error, difference(mine, reference))
    return ("exact" if is_integer and error == 0 else "near") if error <= allowed else (
        f"differs by {error:.3g}, {allowed:.3g} allowed, on {scale:.3g}")


def in_child(work):
    """What `work` returns, computed in a process of its own: some models end LiteRT's."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
            pipe.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(data) if status == 0 and data else (None, None, None, f"LiteRT ended with status {status}")


class Job:
    """A case with what LiteRT makes of it, and then what edgebench does."""

    def __init__(self, case, path):
        self.case, self.path, self.answer, self.note, self.mine = case, path, None, "", None
        with open(path, "wb") as file:
            file.write(case.model.bytes())
        self.values, self.theirs, self.reference, self.note = in_child(lambda: self.peers())
        if self.theirs is None:
            self.answer = "peer"

    def peers(self):
        """The inputs, LiteRT's outputs, those of its reference kernels, and why there are none."""
        rng = np.random.default_rng(zlib.crc32(self.case.name.encode()))
        try:
            peer = Peer(self.path, OpResolverType.AUTO)
            values = [given if given is not None else feed(rng, detail, limits)
                      for detail, given, limits in zip(peer.inputs, self.case.values(peer.inputs), self.case.limits_of(peer.inputs))]
            theirs = peer.run(values)
        except Exception as error:  # whatever LiteRT says, the model is none that it runs
            return None, None, None, str(error).splitlines()[0][:150]
        try:
            return values, theirs, Peer(self.path, OpResolverType.BUILTIN_REF).run(values), ""
        except Exception:
            return values, theirs, [None] * len(theirs), ""

    def fail(self, note):
        self.answer, self.note = "fail", note

    def compare(self, mine):
        self.answer = "exact"
        for index, arrays in enumerate(zip(mine, self.theirs, self.reference)):
            answer = verdict(*arrays, self.case.steps)
            if answer not in ("exact", "near"):
                return self.fail(f"output {index}: {answer}")
            self.answer = answer if answer == "near" else self.answer


def ours(edgebench, path, values):
    """What edgebench makes of `values`; raises RuntimeError with its message."""
    with tempfile.TemporaryDirectory() as work:
        command = [edgebench, "infer", path, "--output-dir", f"{work}/out"]
        for index, value in enumerate(values):
            np.save(f"{work}/in{index}.npy", value)
            command += ["--input", f"{work}/in{index}.npy"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if result.returncode:
            lines = result.stderr.strip().splitlines()
            raise RuntimeError(f"exit {result.returncode}: {lines[-1] if lines else 'no message'}".replace(path, "model")[:260])
        return [np.load(f"{work}/out/{index}.npy") for index in range(len(os.listdir(f"{work}/out")) - 1)]


def run_alone(edgebench, job):
    try:
        job.compare(ours(edgebench, job.path, job.values))
    except Exception as error:
        job.fail(str(error))


def run_together(edgebench, jobs, folder):
    """Starting the program costs more than most cases do, so that many go into one model; whichever it refuses goes out."""
    while jobs:
        whole, firsts = merged([job.case.model for job in jobs])
        if whole is None or len(jobs) == 1:
            for job in jobs:
                run_alone(edgebench, job)
            return
        path = f"{folder}/together.tflite"
        with open(path, "wb") as file:
            file.write(whole.bytes())
        try:
            results = ours(edgebench, path, [value for job in jobs for value in job.values])
        except Exception as error:
            culprit = culprit_of(str(error), firsts)
            if culprit is None:
                middle = len(jobs) // 2
                run_together(edgebench, jobs[:middle], folder)
                jobs = jobs[middle:]
            else:
                jobs.pop(culprit).fail(str(error))
            continue
        for job in jobs:
            job.compare(results[:len(job.theirs)])
            results = results[len(job.theirs):]
        return


def culprit_of(message, firsts):
    """The position of the case that an error is about; `None` where it does not say."""
    found = re.search(r"operator (\d+) ", message)
    if found:
        return max(i for i, first in enumerate(firsts) if first <= int(found.group(1)))
    found = re.search(r"'(\d+):", message)
    return int(found.group(1)) if found else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edgebench", default=".build/release/edgebench")
    parser.add_argument("--filter", default="")
    parser.add_argument("--keep", help="a folder that the models stay in")
    parser.add_argument("--list", action="store_true", help="name every case that does not pass exactly, and every one that LiteRT refuses")
    args = parser.parse_args()
    counts, seen = {"exact": 0, "near": 0, "peer": 0, "known": 0, "fail": 0}, set()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        os.makedirs(folder, exist_ok=True)
        jobs = []
        for case in cases.every():
            if args.filter not in case.name:
                continue
            assert case.name not in seen, f"two cases are called {case.name}"
            seen.add(case.name)
            jobs.append(Job(case, f"{folder}/{case.name}.tflite"))
        together = [job for job in jobs if job.case.joins or job.answer]
        groups = [together[first:first + 50] for first in range(0, len(together), 50)]
        groups += [[job] for job in jobs if not job.case.joins and not job.answer]
        for group in groups:
            run_together(args.edgebench, [job for job in group if not job.answer], folder)
            for job in group:
                if job.answer == "fail" and (why := known.reason(job.case.name)):
                    job.answer, job.note = "known", f"{job.note}: {why}"
                counts[job.answer] += 1
                if job.answer == "fail" or (args.list and job.answer != "exact"):
                    print(f"{job.answer.upper() if job.answer == 'fail' else job.answer.ljust(4)} {job.case.name}: {job.note}", flush=True)
    print("TFLite operators: {exact} the same, {near} within tolerance, {known} known to differ, {fail} differ, {peer} that LiteRT itself refuses".format(**counts))
    return 1 if counts["fail"] or not counts["exact"] else 0


if __name__ == "__main__":
    sys.exit(main())
