"""Makes the first inputs of the fuzz targets (corpus/*/seed-*) with NumPy, Pillow and Python's own modules.

    python make_corpus.py

Run once by hand; what it makes is kept beside it. Other files in corpus/ are inputs that once found something.
"""
import gzip
import io
import json
import pathlib
import pickle
import re
import struct
import zipfile
import zlib

import numpy
from PIL import Image

CORPUS = pathlib.Path(__file__).parent / "corpus"


def keep(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(data)


def rare(data):
    """With a tail that makes it one of those inputs that targets spend more time on (isOneIn of target.h)."""
    return next(whole for i in range(1 << 16)
                if zlib.crc32(whole := data + struct.pack("<H", i)) % 256 == 0)


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
    def parts(grid):
        semantics = (FILLED, 0, header(grid, "|u1") + bytes([16] * 40 + [3, 4, 11]))
        occ3d = (FILLED, 0, header(grid, "|u1") + bytes([17] * 40 + [0, 11]))
        flow = (FILLED, 1, header(grid + (2,), "<f2") + numpy.array([1, -2, 0.5], "<f2").tobytes())
        masks = [(FILLED, name, header(grid, dtype) + b"\1\1\0") for name, dtype in ((2, "|b1"), (3, "|u1"))]
        return {
            "openocc": [semantics, flow, *masks],
            "occ3d": [occ3d, *masks],
            "alone": [semantics],
            "flows": [semantics, (FILLED, 4, header(grid + (2,), "<f2") + b"\0\x3c")],
            "pred": [(FILLED, 5, header(grid, "|u1", True) + b"\x10\x10\2")],
            "not_finite": [semantics, (FILLED, 1, header(grid + (2,), "<f2") + b"\0\x7c")],
            "wrong_class": [(FILLED, 0, header(grid, "|u1") + b"\xff")],
            "negative": [(FILLED, 0, header(grid, "|i1") + b"\xff")],
            "wide": [(FILLED, 0, header(grid, "<i4") + b"\1\0\0\0")],
            "floats": [(FILLED, 0, header(grid, "<f4") + b"\0\0\x80\x3f")],
            "flat": [(FILLED, 0, header((numpy.prod(grid).item(),), "|u1") + b"\1")],
            "empty": [(0, 0, header((0,) + grid[1:], "|u1"))],
        }

    for name, given in parts((8, 10, 4)).items():
        keep("occupancy", name, members(*given))
    for name, given in parts((200, 200, 16)).items():
        keep("occupancy", "whole_" + name, rare(members(*given)))
    saved = io.BytesIO()
    numpy.savez_compressed(saved, semantics=numpy.full((8, 10, 4), 16, "u1"))
    keep("occupancy", "savez_compressed", saved.getvalue())


def make_predictions():
    """A byte that picks the file's name (tests/fuzz/fuzz_predictions.cpp), then members of an archive or a file."""
    names = "semantics pred arr_0 flow flows occ_loc sem_pred occ_label occ_flow_forward occ_mask_camera " \
            "ego_to_world_transformation sample_token"
    number = {name: i for i, name in enumerate(names.split())}
    grid = (200, 200, 16)

    def archive_of(file, name, **arrays):
        data = bytes([file]) + members(*((FILLED, number[key], data) for key, data in arrays.items()))
        keep("predictions", name, rare(data))

    dense = header(grid, "|u1") + bytes([17] * 40 + [3, 4, 11])
    flow = header(grid + (2,), "<f2") + numpy.array([1, -2, 0.5], "<f2").tobytes()
    flow3 = header(grid + (3,), "<f2") + numpy.array([1, -2, 0], "<f2").tobytes()
    archive_of(0, "hbevocc", semantics=dense, flow=flow)
    archive_of(1, "sparseocc", pred=dense)
    archive_of(1, "flat_sparse", occ_loc=npy(numpy.array([[0, 0, 0], [199, 199, 15]])),
               sem_pred=npy(numpy.array([4, 11], "u1")))
    archive_of(1, "flat_outside", occ_loc=npy(numpy.array([[0, 200, 0]])),
               sem_pred=npy(numpy.array([4], "u1")))
    archive_of(1, "cvpr2023", arr_0=dense)
    archive_of(1, "reversed", arr_0=header(grid[::-1], "|u1") + bytes([17] * 40 + [3]))
    archive_of(2, "flashocc", pred=dense)
    archive_of(3, "labels", semantics=dense, flow=flow3)
    archive_of(4, "cvpr_baseline", pred=dense, sample_token=npy(numpy.array("a" * 32)))
    archive_of(5, "fb_occ", pred=npy(numpy.full(300, 17, "u1")))
    archive_of(6, "uniocc", occ_label=header(grid, "|u1") + bytes([10] * 40 + [1, 7]), occ_flow_forward=flow3,
               ego_to_world_transformation=npy(numpy.eye(4)), occ_mask_camera=header(grid, "|b1") + b"\1\0")
    points = numpy.array([[0, 0, 0, 4], [199, 199, 15, 11]])
    keep("predictions", "renderocc", b"\x07" + npy(points))
    keep("predictions", "renderocc_dense", rare(b"\x07" + dense))
    result = {"occ_results": [numpy.full(6, 17, "u1")], "flow_results": [numpy.zeros((6, 2), "f4")], "index": [0]}
    keep("predictions", "results", b"\x08" + pickle.dumps(result, 4))
    keep("predictions", "alocc", b"\x09" + pickle.dumps({"a" * 32: numpy.full(6, 17, "u1")}, 4))
    keep("predictions", "alocc_gzip", b"\x09" + gzip.compress(pickle.dumps({"a" * 32: numpy.full(6, 17, "u1")}), mtime=0))
    keep("predictions", "rays", b"\x0a" + pickle.dumps({"results": {"a" * 32: {"pcd_cls": numpy.zeros(2, "u1")}}}, 4))
    for name, file, rows in (("surroundocc", b"\x0b", [[-49.75, 0.25, -4.75], [10.25, 3.25, 0.25], [9, 0, 0]]),
                             ("openoccupancy", b"\x0c", [[0, 0, 0], [39, 511, 511], [1, 2, 3]])):
        files = (file + npy(numpy.column_stack([rows, [i % 17, i // 17 % 17, i // 289]])) for i in range(17**3))
        keep("predictions", name, next(data for data in files if zlib.crc32(data) % 256 == 0))  # as rare() does
    present = numpy.empty(1, object)
    present[0] = numpy.array([[0, 0, 0, 1], [511, 511, 39, 8]])
    out = io.BytesIO()
    numpy.lib.format.write_array(out, present, allow_pickle=True)
    archive_of(13, "cam4docc", arr_0=out.getvalue())


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

    def claiming(name, at, size):
        data = bytearray((CORPUS / "image" / f"seed-{name}").read_bytes())
        data[at:at + len(size)] = size
        keep("image", f"{name}_claims_64_megapixels", rare(bytes(data)))  # the size is left as it is

    baseline = (CORPUS / "image" / "seed-baseline").read_bytes()
    claiming("baseline", baseline.index(b"\xff\xc0") + 5, struct.pack(">HH", 8192, 8192))
    claiming("rgb", 16, struct.pack(">II", 8192, 8192))


def make_pickle():
    shared = [1, 2]
    values = {
        "plain": {"a": [None, True, 1, -300, 70000, 2**40, 1.5, "text", b"bytes"], "b": (1, (2, 3), {4})},
        "long": [2**62, -2**63, 2**70, -2**80],
        "shared": [shared, shared, {"again": shared}],
        "float32": numpy.arange(6, dtype="<f4").reshape(2, 3),
        "fortran": numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)),
        "big_endian": numpy.arange(3, dtype=">i2"),
        "permuted": numpy.arange(8, dtype="u1").reshape(2, 2, 2).transpose(1, 2, 0),
        "words": numpy.array(["car", "bus"]),
        "objects": numpy.array([None, "a", 3], dtype=object),
        "records": numpy.zeros(1, [("x", "f4")]),
        "scalars": [numpy.float32(1), numpy.int64(2), numpy.bool_(True), numpy.str_("w")],
        "paths": pathlib.PurePosixPath("samples/CAM_FRONT/a.jpg"),
    }
    for name, value in values.items():
        for protocol in (0, 2, 4, 5):
            keep("pickle", f"{name}_{protocol}", pickle.dumps(value, protocol))
    keep("pickle", "system", b"cposix\nsystem\n(S'echo'\ntR.")
    keep("pickle", "stack_system", b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.")
    keep("pickle", "deep", b"(" * 200 + b"l" * 200 + b".")
    keep("pickle", "itself", b"]q\x00h\x00a.")
    keep("pickle", "doubled", b"]q\x00" + b"".join(b"](h%ch%ceq%c" % (i, i, i + 1) for i in range(40)) + b".")
    keep("pickle", "long_text", b"\x80\x04\x8d" + struct.pack("<Q", 10**12) + b"x.")
    keep("pickle", "persistent", b"\x80\x02X\x01\x00\x00\x00aQ.")
    array = pickle.dumps(numpy.zeros((2, 3)), 2)
    keep("pickle", "trillion", array.replace(b"K\x02K\x03\x86", b"\x8a\x06" + (10**12).to_bytes(6, "little") + b"K\x08\x86"))


def make_tables():
    def pose(token):
        return {"token": token, "translation": [1.5, -2e3, 0.25], "rotation": [1, 0, 0, 0.5]}

    tables = [
        ("scene", [{"token": "a", "name": "scene-a", "description": "Rain, \u00e4", "log_token": "log"},
                   {"token": "b", "name": "scene-b", "description": None, "log_token": "log"}]),
        ("sample", [{"token": f"a{i}", "scene_token": "a", "timestamp": 1500000000000000 + 500000 * i}
                    for i in range(3)] + [{"token": "b0", "scene_token": "b", "timestamp": 1.5e15}]),
        ("sample_data", [{"token": "x", "sample_token": f"a{i}", "ego_pose_token": "a0-LIDAR_TOP",
                          "calibrated_sensor_token": f"calibrated-{channel}", "timestamp": 1500000000000000 + i,
                          "is_key_frame": i != 1, "filename": f"samples/{channel}/a__{1500000000000000 + i}.jpg",
                          "width": 1600, "height": 900}
                         for i in range(3) for channel in ("CAM_FRONT", "LIDAR_TOP", "RADAR_FRONT")]),
        ("ego_pose", [pose("a0-CAM_FRONT"), pose("a0-LIDAR_TOP"), pose("0123456789abcdef0123456789abcdef")]),
        ("calibrated_sensor", [dict(pose("calibrated-CAM_FRONT"), sensor_token="sensor-CAM_FRONT",
                                    camera_intrinsic=[[1000, 0, 800], [0, 1000, 450], [0, 0, 1]]),
                               dict(pose("calibrated-LIDAR_TOP"), sensor_token="sensor-LIDAR_TOP",
                                    camera_intrinsic=[])]),
        ("sensor", [{"token": f"sensor-{channel}", "channel": channel, "modality": "camera"}
                    for channel in ("CAM_FRONT", "CAM_BACK", "LIDAR_TOP", "RADAR_FRONT")]),
        ("log", [{"token": "log", "location": "made-town"}]),
        ("sample_annotation", [dict(pose(f"box{i}"), sample_token=f"a{i}", instance_token="the-car",
                                    size=[2, 4, 1.5], num_lidar_pts=7, prev=f"box{i - 1}" if i else "",
                                    next=f"box{i + 1}" if i < 2 else "") for i in range(3)]),
        ("instance", [{"token": "the-car", "category_token": "category-car"}]),
        ("category", [{"token": "category-car", "name": "vehicle.car"}]),
    ]
    for number, (name, rows) in enumerate(tables):
        # Bytes below 128 read the table at once; larger ones read it in pieces too.
        keep("tables", f"{name}", bytes([number]) + json.dumps(rows).encode())
        keep("tables", f"{name}_pieces", bytes([130 + number]) + json.dumps(rows, indent=0).encode())
    poses = [pose("a0-LIDAR_TOP")]
    keep("tables", "nan", b"\x03" + json.dumps(poses).replace("1.5", "NaN").encode())
    keep("tables", "brackets_in_text", b"\x82" + json.dumps(
        [{"token": "a", "name": "}, {\\\"[", "description": "{\"token\": [", "log_token": "log"}] * 4).encode())
    keep("tables", "deep", b"\x00" + b"[" * 300)
    keep("tables", "nested", b"\x82" + json.dumps([{"token": "a", "extra": {"x": [{}, [[]], {"y": {}}]}}] * 4).encode())
    keep("tables", "empty", b"\x00[]")
    keep("tables", "object", b"\x00{}")


RAYS = 14040


def runs(data):
    """Runs of the same four bytes as tests/fuzz/fuzz_submission.cpp unpacks them."""
    return re.sub(rb"(?s)(.{4})\1{15,}",
                  lambda run: b"\xfe\xfeRUN" + struct.pack("<I", len(run[0]) // 4)[:3] + run[1], data)


def make_submission():
    def result(count=RAYS, cls="u1", dist="<f2", flow="<f2"):
        return {"pcd_cls": numpy.full(count, 3, cls), "pcd_dist": numpy.zeros(count, dist),
                "pcd_flow": numpy.zeros((count, 2), flow)}

    def submission(results, **more):
        return dict({"method": "m", "team": "t", "authors": ["a"], "e-mail": "e"}, results=results, **more)

    def save(name, value, protocol=4):
        keep("submission", name, runs(pickle.dumps(value, protocol)))

    save("whole", submission({"token": result()}))
    keep("submission", "voxels", rare((CORPUS / "submission" / "seed-whole").read_bytes()))
    save("protocol2", submission({"token": result()}, ), 2)
    save("two", submission({"a": result(cls="i1"), "b": result(2 * RAYS)}))
    save("wide", submission({"a": result(dist="<f4", flow="<f4", cls="<i4")}))
    save("bare", {"a": result()})
    save("odd_count", submission({"a": result(RAYS + 1)}))
    save("classes", submission({"a": dict(result(), pcd_cls=numpy.full(RAYS, 200, "u1"))}))
    save("not_finite", submission({"a": dict(result(), pcd_dist=numpy.full(RAYS, numpy.nan, "<f2"))}))
    save("no_flow", submission({"a": {"pcd_cls": numpy.zeros(RAYS, "u1")}}))
    save("empty", submission({}))
    save("list", [1, 2])
    keep("submission", "gzip", gzip.compress(pickle.dumps(submission({})), mtime=0))
    keep("submission", "gzip_twice", gzip.compress(b"ab", mtime=0) + gzip.compress(b"c", mtime=0))
    keep("submission", "gzip_bomb", gzip.compress(bytes(1 << 20), mtime=0))


def make_infos():
    stamp = 1533151603547590
    quaternion, translation = [0.5, 0.5, -0.5, 0.5], [1.7, 0.0, 1.5]

    def camera(i):
        return {"data_path": f".\\data\\nuscenes\\samples/CAM_FRONT/n__CAM_FRONT__{stamp + i}.jpg", "type": "CAM_FRONT",
                "sensor2ego_translation": translation, "sensor2ego_rotation": quaternion,
                "ego2global_translation": [600.0 + i, 1600.0, 0.0], "ego2global_rotation": quaternion,
                "timestamp": stamp + i, "cam_intrinsic": numpy.eye(3)}

    def record(i):
        return {"token": f"t{i}", "prev": f"t{i - 1}" if i else "", "next": f"t{i + 1}", "timestamp": stamp + 500000 * i,
                "scene_token": "s", "scene_name": "scene-1", "occ_path": "./data/nuscenes/gts/scene-1/t",
                "lidar_path": f"./data/nuscenes/samples/LIDAR_TOP/n__LIDAR_TOP__{stamp + i}.pcd.bin",
                "lidar2ego_translation": translation, "lidar2ego_rotation": quaternion,
                "ego2global_translation": [600.0, 1600.0, 0.0], "ego2global_rotation": quaternion,
                "cams": {"CAM_FRONT": camera(i)},
                "sweeps": [dict(camera(i - 1), data_path="samples/LIDAR_TOP/s.pcd.bin")],
                "gt_boxes": numpy.arange(7.0).reshape(1, 7), "gt_names": numpy.array(["car"]),
                "gt_velocity": numpy.zeros((1, 2)), "num_lidar_pts": numpy.array([3])}

    def record_v11(i):
        matrix = numpy.eye(4).tolist()
        return {"token": f"t{i}", "sample_idx": i, "timestamp": (stamp + 500000 * i) / 1e6, "ego2global": matrix,
                "images": {"CAM_FRONT": {"img_path": "a.jpg", "cam2img": numpy.eye(3).tolist(), "cam2ego": matrix,
                                         "timestamp": stamp / 1e6, "height": 900, "width": 1600}},
                "lidar_points": {"lidar_path": "l.pcd.bin", "lidar2ego": matrix},
                "lidar_sweeps": [{"lidar_points": {"lidar_path": "s.pcd.bin", "lidar2ego": matrix,
                                                   "ego2global": matrix}, "timestamp": 1.0}],
                "instances": [{"bbox_3d": [1.0, 2, 3, 4, 5, 6, 7], "bbox_label_3d": 0, "velocity": [1.0, 0.0],
                               "num_lidar_pts": 3}]}

    def save(name, value, protocol=4):
        keep("infos", name, pickle.dumps(value, protocol))

    save("bevdet", {"infos": [record(0), record(1)], "metadata": {"version": "v1.0-mini"}})
    save("protocol2", {"infos": [record(0)], "metadata": {"version": "v1.0-mini"}}, 2)
    save("list", [record(0)])
    save("ann_infos", {"infos": [dict(record(0), ann_infos=([numpy.arange(9.0)], [0]))], "metadata": {}})
    bare = {key: value for key, value in record(0).items() if key in ("token", "cams", "timestamp")}
    save("bare", {"infos": [bare, dict(bare, token="u", timestamp=0)], "metadata": None})
    save("v11", {"data_list": [record_v11(0), record_v11(1)],
                 "metainfo": {"categories": {"car": 0, "bus": 1}, "version": "v1.0-trainval"}})
    save("empty", {"infos": [], "metadata": {}})
    save("gaps", [dict(bare, token=f"g{i}", timestamp=stamp + 10**7 * i) for i in range(3)])


def make_cache():
    def change(at, data):
        return struct.pack("<HH", at, len(data)) + data

    right = b"\x03"  # both checksums are put right
    keep("cache", "whole", right)
    keep("cache", "wrong_sums", b"\x00" + change(400, b"x"))
    keep("cache", "cut", b"\xff")
    for at in (0, 8, 12, 16, 48):
        keep("cache", f"header_{at}", right + change(at, b"\x7f"))
    for section in range(11):
        at = 56 + 24 * section
        keep("cache", f"section_{section}_offset", right + change(at, struct.pack("<Q", 1 << 63)))
        keep("cache", f"section_{section}_rows", right + change(at + 8, struct.pack("<Q", 2**60 + 1)))
    keep("cache", "row_bytes", right + change(56 + 16, b"\x00" * 8))
    keep("cache", "none", right + b"".join(change(56 + 24 * i + 8, b"\x00" * 8) for i in range(11)))
    for at in range(384, 9000, 450):
        keep("cache", f"link_{at}", right + change(at, b"\xff\xff\xff\x7f"))


def make_checkpoint():
    """PyTorch's own small files, whole; the pickles out of their zips, which the target wraps anew."""
    for file in sorted((CORPUS.parents[1] / "data" / "checkpoints").glob("*.pth")):
        data = file.read_bytes()
        keep("checkpoint", file.stem, b"\x00" + data)
        if not zipfile.is_zipfile(file):
            continue
        with zipfile.ZipFile(file) as zipped:
            program = next(zipped.read(name) for name in zipped.namelist() if name.endswith("/data.pkl"))
        keep("checkpoint", file.stem + "_pickle", b"\x01" + program)
    storage = b"(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI24\ntQ"
    for name, look in {
        "all": b"I0\n(I4\nI6\nt(I6\nI1\nt",
        "view": b"I1\n(I2\nI2\nt(I6\nI3\nt",
        "beyond": b"I1\n(I4\nI6\nt(I6\nI1\nt",
        "repeated": b"I0\n(I100000\nI1\nt(I0\nI0\nt",
        "enormous": b"I0\n(I4611686018427387904\nI4\nt(I0\nI0\nt",
    }.items():
        program = b"(dS'w'\nctorch._utils\n_rebuild_tensor_v2\n(" + storage + look + b"I00\nNtRs."
        keep("checkpoint", name, b"\x01" + program)


def make_run():
    def line(kind, step, **more):
        return json.dumps({"kind": kind, "time": 100 + step, "step": step, **more}) + "\n"

    def save_run(name, log, share=255, facts=None, process=None, labels=None):
        files = [facts if facts is not None else {"name": "run", "total_steps": 40, "created": 1e9, "seed": 2**64 - 1},
                 process if process is not None else {"pid": 1, "host": "nobody", "activity": "training", "step": 3,
                                                      "started": 90.0, "heartbeat": 100.5, "loss": 1.5},
                 labels if labels is not None else {"tags": ["a"], "note": "b"}]
        texts = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in files]
        keep("run", name, bytes([share]) + b"".join(struct.pack("<H", len(t)) + t for t in texts) + log.encode())

    whole = (line("start", 0) + line("step", 1, loss=4.5, seconds=0.5) + line("step", 2, loss=3.5)
             + line("evaluate", 2, ray_iou=0.25, miou=None) + line("save", 2, file="checkpoints/a.pth", best=True)
             + line("start", 1, resumed=True) + line("step", 2, loss=3, learning_rate=1e-4)
             + line("save", 2, file="checkpoints/b.pth", best=True) + line("end", 2, reason="done", text="Done."))
    save_run("whole", whole)
    save_run("torn", whole, share=100)
    save_run("no_process", whole, process=b"")
    save_run("lost", line("step", 9, loss=1), process={"pid": -1, "activity": "paused"})
    save_run("numbers", line("step", 1, loss=1e308, seconds=-1, x=2**63) + line("step", 1, loss=2**64)
             + line("step", -1))
    save_run("strange", "[]\n\nnull\n{\"kind\":\"step\",\"step\":1,\"a\":1,\"a\":2,\"b\":[[]]}\n")
    save_run("damaged", whole, facts=b"{", process=b"[1]", labels={"tags": [1, "x"], "note": []})


def make_config():
    configs = CORPUS.parents[2] / "resources" / "configs"
    keep("config", "shipped", (configs / "hbevocc-r50-256x704-8f-openocc.toml").read_bytes())
    keep("config", "name", b'name = "x"\n')
    keep("config", "mistakes",
         b'name = 1\npast_keyframes = -1\n[lift]\nx = [1, 2]\nchanels = 3\n[head]\nheights = "a"\n')
    keep("config", "numbers", b'name = "x"\n[lift]\nx = [nan, inf, 0]\ny = [-1e300, 1e300, 1e-300]\nz = [1, 1, 0]\n')
    keep("config", "dotted", b'name = "x"\nlift.x = [-40, 40, 0.4]\nhead = {heights = 16}\n')
    keep("config", "falls", b'name = "x"\n[training]\nschedule = "step"\nfalls = [20, 23]\nresize = [-0.06, 0.11]\n')


if __name__ == "__main__":
    for make in [value for name, value in list(globals().items()) if name.startswith("make_")]:
        make()
