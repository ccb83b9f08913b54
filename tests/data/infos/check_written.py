"""Loads the info pickle that is its first argument with Python's own pickle and prints what a pipeline would read."""
import pickle
import sys

import numpy as np

with open(sys.argv[1], "rb") as stream:
    data = pickle.load(stream)
if "infos" in data:
    info = data["infos"][1]
    for key, kind in (("gt_boxes", np.float64), ("gt_velocity", np.float64), ("num_lidar_pts", np.int64),
                      ("num_radar_pts", np.int64), ("valid_flag", np.bool_)):
        assert info[key].dtype == kind, (key, info[key].dtype)
        assert len(info[key]) == len(info["gt_names"]) == 1
    assert info["gt_names"].dtype.kind == "U" and info["gt_names"][info["valid_flag"]][0] == "car"
    assert info["gt_boxes"].shape == (1, 7) and info["gt_velocity"].shape == (1, 2)
    info["can_bus"][:3] = info["ego2global_translation"]  # arrays must be writable
    boxes, labels = info["ann_infos"]
    assert np.array(boxes).shape == (1, 9) and labels == [0]
    assert type(info["timestamp"]) is int and type(info["lidar2ego_rotation"]) is list
    camera = info["cams"]["CAM_FRONT"]
    assert camera["cam_intrinsic"].shape == (3, 3) and camera["sensor2lidar_rotation"].shape == (3, 3)
    assert list(info["cams"]) == ["CAM_FRONT", "CAM_FRONT_RIGHT", "CAM_FRONT_LEFT", "CAM_BACK", "CAM_BACK_LEFT",
                                  "CAM_BACK_RIGHT"]
    assert info["occ_path"].split("/")[-2] == info["scene_name"] and info["prev"] == data["infos"][0]["token"]
    assert data["metadata"]["version"] == "v1.0-mini"
    # The devkit's way from the sensor to the lidar, through both ego poses.
    def matrix(rotation, translation):
        w, x, y, z = np.array(rotation) / np.linalg.norm(rotation)
        result = np.eye(4)
        result[:3, :3] = [[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                          [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                          [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]]
        result[:3, 3] = translation
        return result
    def pose(of, name):
        return matrix(of[name + "_rotation"], of[name + "_translation"])
    lidar = pose(info, "ego2global") @ pose(info, "lidar2ego")
    sensor = pose(camera, "ego2global") @ pose(camera, "sensor2ego")
    expected = np.linalg.inv(lidar) @ sensor
    assert np.allclose(expected[:3, :3], camera["sensor2lidar_rotation"], atol=1e-9)
    assert np.allclose(expected[:3, 3], camera["sensor2lidar_translation"], atol=1e-9)
else:
    info = data["data_list"][1]
    assert np.array(info["ego2global"]).shape == (4, 4) and np.array(info["images"]["CAM_FRONT"]["cam2img"]).shape == (3, 3)
    assert info["instances"][0]["bbox_label_3d"] == data["metainfo"]["categories"]["car"]
    assert len(info["instances"][0]["bbox_3d"]) == 7 and info["lidar_points"]["num_pts_feats"] == 5
print("good")
