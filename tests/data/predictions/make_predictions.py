"""Writes the folders beside it: predictions as the field's models save them, by the same calls.

Run once, by hand, with NumPy 2 or newer: python make_predictions.py
The scene of every file is the same: free, but for one car of 4 x 2 x 3 voxels at [120..123, 80..81, 2..4] in Occ3D's
or OpenOcc's grid, and a row of manmade voxels at [10, 20..29, 5]. So x, y, z and both ends of each axis are told apart.
"""
import gzip
import pathlib
import pickle
import shutil

import numpy as np

HERE = pathlib.Path(__file__).parent
TOKENS = ["a0000000000000000000000000000000", "a1000000000000000000000000000000"]
SCENE = "scene-a"
OCC3D = {"car": 4, "manmade": 15, "free": 17}
OPENOCC = {"car": 0, "manmade": 14, "free": 16}


def volume(classes, dtype=np.uint8):
    semantics = np.full((200, 200, 16), classes["free"], dtype=dtype)
    semantics[120:124, 80:82, 2:5] = classes["car"]
    semantics[10, 20:30, 5] = classes["manmade"]
    return semantics


def car_flow(dtype=np.float16):
    flow = np.zeros((200, 200, 16, 2), dtype=dtype)
    flow[120:124, 80:82, 2:5] = (2.0, -0.5)
    return flow


def folder(name):
    path = HERE / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def dense():
    # HBEVOcc stores without compression (np.savez); savez_compressed keeps these files small.
    root = folder("hbevocc")
    (root / SCENE).mkdir()
    for token in TOKENS:
        np.savez_compressed(root / SCENE / f"{token}.npz", semantics=volume(OPENOCC), flow=car_flow())

    root = folder("sparseocc")
    for token in TOKENS:
        np.savez_compressed(root / token, pred=volume(OCC3D, np.int64))

    root = folder("occnet")
    np.savez_compressed(root / TOKENS[0], semantics=volume(OPENOCC, np.int32), flow=car_flow(np.float32))

    root = folder("cvpr2023")
    for token in TOKENS:
        np.savez_compressed(root / f"{token}.npz", volume(OCC3D))

    # Fortran order: what transposing a tensor before .numpy() leaves.
    root = folder("fortran")
    np.savez_compressed(root / TOKENS[0], np.asfortranarray(volume(OCC3D, np.int8)))

    root = folder("flashocc")
    for token in TOKENS:
        (root / SCENE / token).mkdir(parents=True)
        gt = {"semantics": np.zeros(3, np.uint8)}
        np.savez_compressed(root / SCENE / token / "pred.npz", pred=volume(OCC3D), gt=gt, sample_token=token)

    root = folder("cvpr_baseline")
    for index, token in enumerate(TOKENS):
        gt = {"semantics": np.zeros(3, np.uint8)}
        np.savez_compressed(root / str(index + 7).zfill(4), pred=volume(OCC3D, np.int64), gt=gt, sample_token=token)

    # The camera sees every voxel with x < 150 and y < 120; the test writes labels with the same mask.
    root = folder("fb_occ/occupancy_pred")
    mask = np.zeros((200, 200, 16), dtype=bool)
    mask[:150, :120] = True
    np.savez_compressed(root / f"{SCENE}_{TOKENS[0]}", pred=volume(OCC3D)[mask], sample_token=TOKENS[0])
    np.savez_compressed(root / f"{SCENE}_{TOKENS[0]}_gt", pred=volume(OCC3D), sample_token=TOKENS[0])

    root = folder("reversed")
    np.savez_compressed(root / TOKENS[0], volume(OCC3D).transpose(2, 1, 0))

    root = folder("flat")
    np.savez_compressed(root / TOKENS[0], pred=volume(OCC3D).reshape(-1).astype(np.float32))

    # y counted from the other side, as LightwheelOcc has it.
    root = folder("mirrored")
    np.savez_compressed(root / TOKENS[0], volume(OCC3D)[:, ::-1])

    root = folder("sparse")
    at = np.argwhere(volume(OCC3D) != OCC3D["free"]).astype(np.int32)
    np.savez_compressed(root / TOKENS[0], occ_loc=at, sem_pred=volume(OCC3D)[tuple(at.T)])


def points():
    # SurroundOcc: metres of voxel centres in the lidar's frame, x right, y forward.
    root = folder("surroundocc")
    name = "n000-2020-01-01-00-00-00+0800__LIDAR_TOP__1000000.pcd.bin"
    (root / (name + ".")).mkdir()
    car = np.array([(x, y, z) for x in range(110, 114) for y in range(130, 139) for z in range(7, 10)])
    metres = (car + 0.5) * 0.5 + np.array([-50, -50, -5])
    np.save(root / (name + ".") / "pred.npy", np.concatenate([metres, np.full((len(car), 1), 4)], axis=1))

    # OpenOccupancy: z, y, x and class, 0.2 m.
    root = folder("openoccupancy")
    here = root / "5cc0000000000000000000000000000a" / "11d0000000000000000000000000000a"
    here.mkdir(parents=True)
    car = np.array([(z, y, x) for z in range(18, 26) for y in range(330, 350) for x in range(280, 290)])
    rows = np.concatenate([car, np.full((len(car), 1), 4)], axis=1)
    np.save(here / "pred_f.npy", rows)
    np.save(here / "gt.npy", rows)

    root = folder("renderocc")
    (root / SCENE).mkdir()
    small = volume(OCC3D)
    # Dense .npy are stored: half a megabyte each. The test makes it out of this.
    np.savez_compressed(root / "volume.npz", small)
    at = np.argwhere(small != OCC3D["free"])
    np.save(root / SCENE / "001.npy", np.concatenate([at, small[tuple(at.T)][:, None]], axis=1))


def uniocc():
    root = folder("uniocc")
    (root / SCENE).mkdir()
    labels = np.full((200, 200, 16), 10, dtype=np.uint8)
    labels[120:124, 80:82, 2:5] = 1
    labels[100:140, 100, 0] = 7
    # The car that carries the grid drives 4 m in half a second; the other one drives 3 m further along x.
    for step, x in ((0, 100.0), (1, 104.0)):
        flow = np.zeros((200, 200, 16, 3), dtype=np.float32)
        if step == 0:
            flow[labels != 10] = (-10.0, 0.0, 0.0)
            flow[labels == 1] = (-2.5, 0.0, 0.0)
        ego_to_world = np.eye(4)
        ego_to_world[0, 3] = x
        np.savez_compressed(root / SCENE / f"{step}.npz", occ_label=labels, occ_flow_forward=flow,
                            occ_flow_backward=np.zeros_like(flow), occ_mask_camera=np.ones_like(labels),
                            ego_to_world_transformation=ego_to_world,
                            annotations=np.array([{"token": "x"}], dtype=object))
    with open(root / "scene_infos.pkl", "wb") as file:
        pickle.dump([{"scene_name": SCENE, "start": 0, "end": 1}], file)


def pickles():
    root = folder("results_pkl")
    results = [{"occ_results": [volume(OPENOCC)], "flow_results": [car_flow()], "index": [i]} for i in range(2)]
    with gzip.GzipFile(root / "out.pkl.gz", "wb", mtime=0) as file:  # the test unpacks it to out.pkl
        pickle.dump(results, file)

    root = folder("alocc/save/tta")
    (root / "occ").mkdir()
    (root / "flow").mkdir()
    with gzip.GzipFile(root / "occ" / "occ.gz", "wb", mtime=0) as file:
        pickle.dump({token: volume(OPENOCC, np.int8) for token in TOKENS}, file)
    with gzip.GzipFile(root / "flow" / "flow.gz", "wb", mtime=0) as file:
        pickle.dump({token: car_flow() for token in TOKENS}, file)

    # Two origins; every ray meets nothing but those of one degree, which meet a car at 10 m and drive at (1, 2).
    root = folder("challenge2024")
    count = 2 * 14040
    labels = np.full(count, 16, dtype=np.uint8)
    labels[::360] = 0
    distance = np.full(count, 30, dtype=np.float16)
    distance[::360] = 10
    flow = np.zeros((count, 2), dtype=np.float16)
    flow[::360] = (1, 2)
    results = {token: {"pcd_cls": labels, "pcd_dist": distance, "pcd_flow": flow} for token in TOKENS}
    submission = {"method": "made", "team": "nobody", "authors": ["a"], "e-mail": "a@b", "institution / company": "",
                  "country / region": "", "results": results}
    with gzip.GzipFile(root / "submission.gz", "wb", mtime=0) as file:
        pickle.dump(submission, file)


def rows(begin, end, label):
    """Cam4DOcc's voxels of a box: x, y, z and class."""
    at = np.stack(np.meshgrid(*[np.arange(b, e) for b, e in zip(begin, end)], indexing="ij"), axis=-1).reshape(-1, 3)
    return np.concatenate([at, np.full((len(at), 1), label)], axis=1).astype(np.int64)


def object_list(items):
    """What NumPy made of a list of arrays of different lengths before 1.24."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def cam4docc():
    # One scene and one lidar token, a car of 10 x 20 x 8 voxels of 0.2 m as in openoccupancy.
    name = "5cc0000000000000000000000000000a_11d0000000000000000000000000000a.npz"
    car, walker = ((280, 330, 18), (290, 350, 26)), ((200, 200, 18), (204, 204, 26))
    # test_present = True: a list of one array, which NumPy stores as numbers.
    root = folder("cam4docc")
    np.savez_compressed(root / name, [np.concatenate([rows(*car, 3), rows(*walker, 8)])])

    # The segmentation to train with: the car drives along x, and is where it is above at the third moment.
    root = folder("cam4docc_truth/GMO/segmentation")
    moved = [rows((280 + 40 * (t - 2), 330, 18), (290 + 40 * (t - 2), 350, 26), 1)[: -1 if t == 6 else None]
             for t in range(7)]
    np.savez_compressed(root / name, object_list(moved))
    root = HERE / "cam4docc_truth/GMO/instance"
    root.mkdir()
    np.savez_compressed(root / name, object_list([np.array([[1, 2, 3, 40]] * (t + 1)) for t in range(7)]))

    # test_present = False: the four keyframes to come.
    root = folder("cam4docc_forecast")
    np.savez_compressed(root / name, object_list(moved[3:]))


class Picture:
    """Stands for PIL's: a class that is not plain data."""


def refused():
    root = folder("occformer")
    with open(root / f"{TOKENS[0]}.pkl", "wb") as file:
        pickle.dump({"pred_voxels": np.zeros((4, 4, 2), np.uint8), "cam2lidar": np.eye(4),
                     "img_canvas": [Picture()]}, file)


if __name__ == "__main__":
    dense()
    points()
    uniocc()
    pickles()
    cam4docc()
    refused()
