"""Writes the pickles beside it with Python's own pickle and NumPy (2 or newer); run once, by hand."""
import collections
import io
import pathlib
import pickle
import sys
import types

import numpy as np

HERE = pathlib.Path(__file__).parent


def value():
    shared = [1, 2]
    return {
        "none": None, "true": True, "false": False,
        "ints": [0, 1, -1, 255, 256, 65535, 65536, -2**31, 2**31, 2**63 - 1, -2**63],
        "huge": 2**70,
        "floats": [0.0, -0.5, 1e300, float("inf")],
        "text": "Zürich \U0001f697\n'quoted'", "bytes": b"\x00\xffab", "no_bytes": b"",
        "bytearray": bytearray(b"xyz"),
        "long_text": "x" * 300, "long_bytes": b"y" * 300,
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "set": {7}, "frozenset": frozenset([8]),
        "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
        "default": collections.defaultdict(list, {"k": [1]}),
        "path": pathlib.PurePosixPath("/data/nuscenes/samples"),
        "shared": [shared, shared],
        5: "a number as key",
        "nested": {"a": {"b": [{"c": 1}]}},
        "f4": np.arange(6, dtype=np.float32).reshape(2, 3),
        "f8_fortran": np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3)),
        "i8_big_endian": np.arange(3, dtype=">i8"),
        "u1": np.arange(4, dtype=np.uint8), "f2": np.array([0.5, -2], dtype=np.float16),
        "bool": np.array([True, False]), "empty": np.zeros((0, 9), dtype=np.float32),
        "permuted": np.arange(24, dtype=np.int32).reshape(2, 3, 4).transpose(1, 2, 0),
        "sliced": np.arange(10, dtype=np.int16)[::2],
        "names": np.array(["car", "Fußgänger", ""]), "byte_names": np.array([b"ab", b"c"]),
        "names_big_endian": np.array(["car", "bus"], dtype=">U5"),
        "objects": np.array([None, "a", 3], dtype=object),
        "no_dimension": np.array(3.5),
        "scalars": [np.float32(1.5), np.float64(2.5), np.int64(-7), np.uint8(200), np.bool_(True),
                    np.str_("word"), np.uint64(2**64 - 1)],
        "dtype": np.dtype("float32"),
        "records": np.zeros(2, dtype=[("x", "f4"), ("n", "i2")]),
        "complex_array": np.array([1 + 2j]),
        "date": np.array(["2020-01-01"], dtype="M8[D]"),
    }


class Storage:
    """Stands for torch.FloatStorage: named in a persistent id, never pickled itself."""


def rebuild(storage, offset, size):
    return None


class Tensor:
    def __init__(self, key):
        self.key = key

    def __reduce__(self):
        return rebuild, (Storage(), 0, (2, 3))


class TorchPickler(pickle.Pickler):
    """Writes what torch.save writes: storages by persistent ids."""

    def persistent_id(self, value):
        return ("storage", Storage, "0", "cpu", 6) if isinstance(value, Storage) else None


def torch_like():
    for module, name, thing in (("torch", "FloatStorage", Storage), ("torch._utils", "_rebuild_tensor_v2", rebuild)):
        sys.modules[module] = types.ModuleType(module)
        setattr(sys.modules[module], name, thing)
        thing.__module__, thing.__name__, thing.__qualname__ = module, name, name
    stream = io.BytesIO()
    TorchPickler(stream, 2).dump(collections.OrderedDict(weight=Tensor("0")))
    return stream.getvalue()


class Namespace:
    """A class that the reader has to be told of."""


def main():
    for protocol in range(6):
        (HERE / f"protocol_{protocol}.pkl").write_bytes(pickle.dumps(value(), protocol))
    # NumPy 1 and Python 2 name the same things otherwise; in protocol 2 names are plain lines.
    old = pickle.dumps(value(), 2).replace(b"numpy._core.", b"numpy.core.")
    assert b"numpy.core.multiarray" in old
    (HERE / "numpy_1.pkl").write_bytes(old)
    (HERE / "torch_like.pkl").write_bytes(torch_like())
    thing = Namespace()
    thing.lr = 0.5
    (HERE / "object.pkl").write_bytes(pickle.dumps(thing, 2))
    (HERE / "object_0.pkl").write_bytes(pickle.dumps(thing, 0))
    two = io.BytesIO()
    for item in ([1, 2], "second"):
        pickle.dump(item, two, 4)
    (HERE / "two_in_one.pkl").write_bytes(two.getvalue())


if __name__ == "__main__":
    main()
