"""Writes the info pickles beside it, as BEVDet's and mmdet3d's converters do; run once, by hand.

The car stands at (100, 200, 0) and looks along +y in global (a yaw of 90 degrees); the lidar is turned by -90 degrees
(its y looks forward) and 2 m above; cameras are 1.5 m above. Records are half a second apart and 1 m further along y.
"""
import pathlib
import pickle

import numpy as np

HERE = pathlib.Path(__file__).parent
HALF = np.sqrt(0.5)
CAMERAS = ["CAM_FRONT", "CAM_FRONT_RIGHT", "CAM_FRONT_LEFT", "CAM_BACK", "CAM_BACK_LEFT", "CAM_BACK_RIGHT"]
START = 1_500_000_000_000_000


def camera(name, number, drive):
    stamp = START + 500_000 * number + 1000
    return {
        "data_path": f"./data/nuscenes\\samples/{name}/{drive}__{name}__{stamp}.jpg", "type": name,
        "sample_data_token": "", "sensor2ego_translation": [1.0, 0.0, 1.5],
        "sensor2ego_rotation": [0.5, -0.5, 0.5, -0.5], "ego2global_translation": [100.0, 200.0 + number, 0.0],
        "ego2global_rotation": [HALF, 0.0, 0.0, HALF], "timestamp": stamp,
        "sensor2lidar_rotation": np.eye(3), "sensor2lidar_translation": np.zeros(3),
        "cam_intrinsic": np.array([[1000.0, 0, 800], [0, 1000, 450], [0, 0, 1]]),
    }


def record(number, drive):
    stamp = START + 500_000 * number
    return {
        "lidar_path": f"./data/nuscenes/samples/LIDAR_TOP/{drive}__LIDAR_TOP__{stamp}.pcd.bin",
        "token": f"{drive}-{number}", "sweeps": [], "cams": {name: camera(name, number, drive) for name in CAMERAS},
        "lidar2ego_translation": [0.0, 0.0, 2.0], "lidar2ego_rotation": [HALF, 0.0, 0.0, -HALF],
        "ego2global_translation": [100.0, 200.0 + number, 0.0], "ego2global_rotation": [HALF, 0.0, 0.0, HALF],
        "timestamp": stamp,
    }


def sweep(drive, stamp, folder):
    return {"data_path": f"./data/nuscenes/{folder}/LIDAR_TOP/{drive}__LIDAR_TOP__{stamp}.pcd.bin", "type": "lidar",
            "sample_data_token": "", "sensor2ego_translation": [0.0, 0.0, 2.0],
            "sensor2ego_rotation": [HALF, 0.0, 0.0, -HALF], "ego2global_translation": [100.0, 200.5, 0.0],
            "ego2global_rotation": [HALF, 0.0, 0.0, HALF], "timestamp": stamp}


def old_boxes(info):
    """A car 10 m in front (lidar y), 4 m long, 2 m wide, heading forward; mmdet3d before 1.0. A cone without velocity."""
    info.update(gt_boxes=np.array([[0, 10, -1, 2, 4, 1.5, -np.pi / 2 - np.pi / 2], [3, 5, -1.5, 0.4, 0.5, 1, 0]]),
                gt_names=np.array(["car", "traffic_cone"]), gt_velocity=np.array([[0, 2.0], [np.nan, np.nan]]),
                num_lidar_pts=np.array([7, 0]), num_radar_pts=np.array([1, 0]), valid_flag=np.array([True, False]))
    return info


def main():
    # mmdet3d v0.x: no scenes; two drives at the same time, and a leap in the second.
    infos = [old_boxes(record(n, drive)) for drive, numbers in (("n008", [0, 1, 2]), ("n015", [0, 1, 20, 21]))
             for n in numbers]
    infos[1]["sweeps"] = [sweep("n008", START + 450_000, "sweeps"), sweep("n008", START, "samples")]
    infos[2]["sweeps"] = [sweep("n008", START + 500_000, "samples"), sweep("n008", START + 450_000, "sweeps")]
    (HERE / "mmdet3d_v0_infos.pkl").write_bytes(
        pickle.dumps({"infos": infos, "metadata": {"version": "v1.0-mini"}}, 2).replace(b"numpy._core", b"numpy.core"))

    # BEVDet: ann_infos alone, scenes by token or by occ_path, one record spoiled, one camera spoiled.
    infos = [record(n, "n008") for n in range(5)]
    for n, info in enumerate(infos):
        box = np.array([10.0, 0, 1, 4, 2, 1.5, 0.25, 2, 0])  # ego: length, width, height, yaw, velocity
        info.update(ann_infos=([box], [0]), can_bus=np.zeros(18))
        info["occ_path"] = f"./data/nuscenes/gts/scene-{'0001' if n < 3 else '0002'}/{info['token']}"
        if n < 3:
            info["scene_token"] = "the-first"
    del infos[1]["cams"]["CAM_BACK"]["cam_intrinsic"]
    del infos[4]["timestamp"]
    (HERE / "bevdet_infos.pkl").write_bytes(pickle.dumps({"infos": infos, "metadata": {"version": "v1.0-mini"}}, 4))

    # mmdet3d v1.1: matrices, seconds, file names alone.
    yaw = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])

    def matrix(rotation, translation):
        result = np.eye(4)
        result[:3, :3] = rotation
        result[:3, 3] = translation
        return result

    ego2global = matrix(yaw, [100, 200, 0])
    lidar2ego = matrix(yaw.T, [0, 0, 2])
    cam2ego = matrix([[0, 0, 1], [-1, 0, 0], [0, -1, 0]], [1, 0, 1.5])
    camera_ego2global = matrix(yaw, [100, 200.25, 0])  # a quarter of a metre later
    lidar2cam = np.linalg.inv(cam2ego) @ np.linalg.inv(camera_ego2global) @ ego2global @ lidar2ego
    images = {name: {"img_path": f"n008__{name}__{START + 1000}.jpg", "timestamp": (START + 1000) / 1e6,
                     "cam2img": [[1000.0, 0, 800], [0, 1000, 450], [0, 0, 1]], "cam2ego": cam2ego.tolist(),
                     "lidar2cam": lidar2cam.tolist(), "sample_data_token": ""} for name in CAMERAS}
    data = {"sample_idx": 0, "token": "n008-0", "timestamp": START / 1e6, "ego2global": ego2global.tolist(),
            "images": images, "lidar_points": {"num_pts_feats": 5, "lidar2ego": lidar2ego.tolist(),
                                               "lidar_path": f"n008__LIDAR_TOP__{START}.pcd.bin"},
            "instances": [{"bbox_3d": [0.0, 10, -1, 4, 2, 1.5, np.pi / 2], "bbox_label": 0, "bbox_label_3d": 0,
                           "bbox_3d_isvalid": True, "velocity": [0.0, 2.0], "num_lidar_pts": 7, "num_radar_pts": 1}],
            "lidar_sweeps": [], "cam_instances": {}}
    (HERE / "mmdet3d_v11_infos.pkl").write_bytes(pickle.dumps(
        {"metainfo": {"categories": {"car": 0, "truck": 1}, "dataset": "nuscenes", "version": "v1.0-mini",
                      "info_version": "1.1"}, "data_list": [data]}, 4))


if __name__ == "__main__":
    main()
