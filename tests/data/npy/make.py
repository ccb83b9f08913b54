"""Writes this folder's files with NumPy's own writer (NumPy 2.4.6): python3 tests/data/npy/make.py

The tests do not run it; the files are checked in. The expected values are said in tests/io/npy_files_test.cpp.
"""
import io
import pathlib
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent


def save(name, array, version=None, allow_pickle=False):
    with open(here / f"{name}.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=allow_pickle)


grid = np.arange(6).reshape(2, 3)

# Every type of number in both byte orders, as [[0, 1, 2], [3, 4, 5]]; signed ones less 3, floats by a quarter.
types = {}
for order, word in (("<", "little"), (">", "big")):
    for code in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
        values = grid / 4 - 1 if code[0] == "f" else grid - 3 if code[0] == "i" else grid
        types[f"{word}_{code}"] = values.astype(order + code)
types["bool"] = grid % 2 == 1
np.savez(here / "types_stored.npz", **types)
np.savez_compressed(here / "types_deflated.npz", **types)

# A central directory in zip64, as archives beyond 4 GiB have it.
zipfile.ZIP64_LIMIT = 0
with zipfile.ZipFile(here / "types_zip64.npz", "w", allowZip64=True) as archive:
    for name, values in types.items():
        buffer = io.BytesIO()
        np.save(buffer, values)
        with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
            member.write(buffer.getvalue())
zipfile.ZIP64_LIMIT = (1 << 31) - 1

for version in ((1, 0), (2, 0), (3, 0)):
    save(f"version_{version[0]}", grid.astype("<i4"), version)
save("fortran_2d", np.asfortranarray(grid.astype("<i4")))
save("fortran_3d", np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)))
save("fortran_4d_big", np.asfortranarray(np.arange(120, dtype=">f8").reshape(2, 3, 4, 5)))
save("number", np.array(42, "<i8"))
save("empty_1d", np.zeros((0,), "<f4"))
save("empty_3d", np.zeros((4, 0, 3), "<f4"))
save("special", np.array([np.nan, np.inf, -np.inf, -0.0, 1e300], "<f8"))
save("large_integers", np.array([2**63 - 1, -(2**63)], "<i8"))
save("large_unsigned", np.array([2**64 - 1], "<u8"))

# What is recognised and never read.
save("object", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
save("record", np.zeros(2, dtype=[("x", "<f4"), ("name", "U3")]))
save("text", np.array(["free", "car"]))
save("bytes", np.array([b"free", b"car"]))
save("complex", np.zeros(2, "<c16"))
save("date", np.array(["2026-11-22"], "datetime64[D]"))
save("long_double", np.zeros(2, np.longdouble))
np.savez(here / "mixed.npz", object=np.array([None], dtype=object), text=np.array("scene-0061"), semantics=grid.astype("u1"))
