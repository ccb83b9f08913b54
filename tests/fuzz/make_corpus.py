"""Makes the first inputs of the fuzz targets (corpus/*/seed-*) with NumPy, Pillow and Python's own modules.

    python make_corpus.py

Run once by hand; what it makes is kept beside it. Other files in corpus/ are inputs that once found something.
"""
import gzip
import io
import json
import pathlib
import pickle
import struct
import zipfile

import numpy
from PIL import Image

CORPUS = pathlib.Path(__file__).parent / "corpus"


def keep(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(data)


def npy(array, version=None):
    out = io.BytesIO()
    numpy.lib.format.write_array(out, numpy.asanyarray(array), version=version)
    return out.getvalue()


def header(shape, dtype, order=False):
    out = io.BytesIO()
    numpy.lib.format.write_array_header_1_0(
        out, {"descr": dtype, "fortran_order": order, "shape": shape})
    return out.getvalue()


def make_npy():
    for dtype in "|b1 |i1 |u1 <i2 >i2 <u2 <i4 >i4 <u4 <i8 <u8 >u8 <f2 <f4 >f4 <f8 >f8 <c8 <U3 |S3 <M8[s]".split():
        plain = numpy.dtype(dtype).newbyteorder("=")
        keep("npy", "type" + "".join(c if c.isalnum() else "_" for c in dtype),
             npy(numpy.arange(6).astype(plain).astype(dtype).reshape(2, 3)))
    keep("npy", "fortran", npy(numpy.asfortranarray(numpy.arange(24, dtype=">i4").reshape(2, 3, 4))))
    keep("npy", "number", npy(numpy.float32(3)))
    keep("npy", "empty", npy(numpy.zeros((0, 4), "u1")))
    keep("npy", "special", npy(numpy.array([numpy.nan, numpy.inf, -numpy.inf, 1e300, -0.0])))
    keep("npy", "large", npy(numpy.array([2**63 - 1, -2**63, 2**53 + 1])))
    keep("npy", "version2", npy(numpy.arange(3, dtype="u1"), (2, 0)))
    keep("npy", "version3", npy(numpy.arange(3, dtype="u1"), (3, 0)))
    keep("npy", "record", npy(numpy.zeros(2, [("x", "<f4"), ("y", "<i2", (2,))])))
    keep("npy", "object", npy(numpy.array([None, {}], dtype=object)))
    keep("npy", "terabytes", header((1000, 1000, 1000, 1000), "<f8") + b"12345678")
    keep("npy", "overflow", header((2**40, 2**40), "<f8"))


def archive(arrays, compression=zipfile.ZIP_STORED, force_zip64=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as target:
        for name, array in arrays.items():
            information = zipfile.ZipInfo(name + ".npy")
            information.compress_type = compression
            with target.open(information, "w", force_zip64=force_zip64) as member:
                member.write(npy(array))
    return out.getvalue()


def members(*parts):
    """The structured form of tests/fuzz/archive.h: (flags, number of the name, .npy)."""
    return b"".join(struct.pack("<BBH", flags, name, len(data)) + data for flags, name, data in parts)


DEFLATED, WRONG_CHECKSUM, WRONG_SIZE, FILLED = 1, 2, 4, 8


def make_npz():
    arrays = {"semantics": numpy.arange(12, dtype="u1").reshape(3, 4), "flow": numpy.ones((3, 2), "f4")}
    saved = io.BytesIO()
    numpy.savez_compressed(saved, **arrays)
    keep("npz", "savez_compressed", saved.getvalue())
    keep("npz", "stored", archive(arrays))
    keep("npz", "deflated", archive(arrays, zipfile.ZIP_DEFLATED))
    keep("npz", "bzip2", archive(arrays, zipfile.ZIP_BZIP2))
    keep("npz", "zip64", archive(arrays, force_zip64=True))
    keep("npz", "none", archive({}))
    keep("npz", "twice", archive({"a": numpy.zeros(3)}) + archive({"a": numpy.ones(3)}))
    keep("npz", "members", members((0, 0, npy(arrays["semantics"])), (DEFLATED, 1, npy(arrays["flow"]))))
    keep("npz", "wrong_checksum", members((WRONG_CHECKSUM, 0, npy(arrays["semantics"]))))
    keep("npz", "wrong_size", members((WRONG_SIZE, 0, npy(arrays["semantics"])),
                                      (DEFLATED | WRONG_SIZE, 1, npy(arrays["flow"]))))
    keep("npz", "same_name", members((0, 0, npy(arrays["semantics"])), (0, 0, npy(arrays["flow"]))))
    keep("npz", "object", members((0, 0, npy(numpy.array([None], dtype=object)))))
    keep("npz", "filled", members((FILLED, 0, header((16, 64, 16), "|u1") + b"\0\1\2"),
                                  (FILLED | DEFLATED, 1, header((16, 64, 2), "<f4", True) + b"\0\0\0\x3f")))
    keep("npz", "too_large", members((FILLED, 0, header((1 << 14, 3), "|u1") + b"\0")))
    keep("npz", "no_array", members((0, 0, b"hello")))


def make_occupancy():
    grid = (200, 200, 16)
    semantics = (FILLED, 0, header(grid, "|u1") + bytes([16] * 40 + [3, 4, 11]))
    occ3d = (FILLED, 0, header(grid, "|u1") + bytes([17] * 40 + [0, 11]))
    flow = (FILLED, 1, header(grid + (2,), "<f2") + numpy.array([1, -2, 0.5], "<f2").tobytes())
    masks = [(FILLED, name, header(grid, dtype) + b"\1\1\0") for name, dtype in ((2, "|b1"), (3, "|u1"))]
    keep("occupancy", "openocc", members(semantics, flow, *masks))
    keep("occupancy", "occ3d", members(occ3d, *masks))
    keep("occupancy", "alone", members(semantics))
    keep("occupancy", "flows", members(semantics, (FILLED, 4, header(grid + (2,), "<f2") + b"\0\x3c")))
    keep("occupancy", "pred", members((FILLED, 5, header(grid, "|u1", True) + b"\x10\x10\2")))
    keep("occupancy", "not_finite", members(semantics, (FILLED, 1, header(grid + (2,), "<f2") + b"\0\x7c")))
    keep("occupancy", "wrong_class", members((FILLED, 0, header(grid, "|u1") + b"\xff")))
    keep("occupancy", "negative", members((FILLED, 0, header(grid, "|i1") + b"\xff")))
    keep("occupancy", "wide", members((FILLED, 0, header(grid, "<i4") + b"\1\0\0\0")))
    keep("occupancy", "floats", members((FILLED, 0, header(grid, "<f4") + b"\0\0\x80\x3f")))
    keep("occupancy", "flat", members((FILLED, 0, header((640000,), "|u1") + b"\1")))
    keep("occupancy", "empty", members((0, 0, header((0, 200, 16), "|u1"))))
    saved = io.BytesIO()
    numpy.savez_compressed(saved, semantics=numpy.full(grid, 16, "u1"))
    keep("occupancy", "savez_compressed", saved.getvalue())


def make_lidar():
    points = numpy.arange(40, dtype="<f4").reshape(8, 5)
    keep("lidar", "points", points.tobytes())
    keep("lidar", "empty", b"")
    keep("lidar", "cut", points.tobytes()[:-3])
    points[::2, 0] = numpy.nan
    points[1, 2] = numpy.inf
    keep("lidar", "not_finite", points.tobytes())


def make_image():
    x, y = numpy.meshgrid(numpy.arange(24), numpy.arange(16))
    picture = Image.fromarray(numpy.stack([x * 10, y * 15, (x ^ y) * 8], -1).astype("u1"))

    def save(name, image, form, **options):
        out = io.BytesIO()
        image.save(out, form, **options)
        keep("image", name, out.getvalue())

    save("baseline", picture, "JPEG")
    save("progressive", picture, "JPEG", progressive=True)
    save("full_chroma", picture, "JPEG", subsampling=0)
    save("restart", picture, "JPEG", restart_marker_blocks=1)
    save("grey", picture.convert("L"), "JPEG")
    save("four_colours", picture.convert("CMYK"), "JPEG")
    exif = Image.Exif()
    exif[0x0112] = 6
    save("turned", picture, "JPEG", exif=exif.tobytes())
    save("rgb", picture, "PNG")
    save("rgba", picture.convert("RGBA"), "PNG")
    save("palette", picture.quantize(16), "PNG", transparency=1)
    save("bits", picture.convert("1"), "PNG")
    save("deep", Image.fromarray((x * 2000).astype("u2")), "PNG")
    save("bitmap", picture.resize((4, 4)), "BMP")


if __name__ == "__main__":
    for make in [value for name, value in list(globals().items()) if name.startswith("make_")]:
        make()
