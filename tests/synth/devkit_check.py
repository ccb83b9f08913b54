"""Opens a demo world with nuScenes' own devkit and checks what the devkit promises its users.

Usage: devkit_check.py FOLDER. Prints one line and exits with 0 when all holds; exits with 77 when the devkit is not
installed.
"""
import os
import sys

try:
    import numpy as np
    from nuscenes.nuscenes import NuScenes
    from nuscenes.utils.data_classes import LidarPointCloud
    from nuscenes.utils.geometry_utils import points_in_box
    from nuscenes.utils.splits import create_splits_scenes  # noqa: F401  (the devkit is complete)
except ImportError as error:
    print("the devkit is not installed:", error)
    sys.exit(77)

CAMERAS = ["CAM_FRONT", "CAM_FRONT_LEFT", "CAM_FRONT_RIGHT", "CAM_BACK", "CAM_BACK_LEFT", "CAM_BACK_RIGHT"]
TABLES = ["category", "attribute", "visibility", "instance", "sensor", "calibrated_sensor", "ego_pose", "log", "scene",
          "sample", "sample_data", "sample_annotation", "map"]


def check_reverse_indices(nusc):
    for name in TABLES:
        for row in getattr(nusc, name):
            assert nusc.get(name, row["token"]) is row, name
    for scene in nusc.scene:
        token, count, before = scene["first_sample_token"], 0, ""
        while token:
            sample = nusc.get("sample", token)
            assert sample["prev"] == before and sample["scene_token"] == scene["token"]
            before, token, count = token, sample["next"], count + 1
        assert before == scene["last_sample_token"] and count == scene["nbr_samples"]
    for log in nusc.log:
        assert nusc.get("map", log["map_token"])["mask"] is not None


def check_sample(nusc, sample):
    assert set(sample["data"]) == set(CAMERAS + ["LIDAR_TOP"])
    for channel, token in sample["data"].items():
        record = nusc.get("sample_data", token)
        assert record["is_key_frame"] and record["channel"] == channel
        path, boxes, intrinsic = nusc.get_sample_data(token)
        assert os.path.isfile(path), path
        assert (intrinsic is not None) == channel.startswith("CAM")
    for token in sample["anns"]:
        assert nusc.get("sample_annotation", token)["sample_token"] == sample["token"]


def check_points(nusc, sample):
    """Points in boxes are counted as the tables say."""
    token = sample["data"]["LIDAR_TOP"]
    path, boxes, _ = nusc.get_sample_data(token)
    points = LidarPointCloud.from_file(path).points[:3]
    off = 0
    for box in boxes:
        inside = int(points_in_box(box, points).sum())
        said = nusc.get("sample_annotation", box.token)["num_lidar_pts"]
        off += abs(inside - said) > 1 + 0.02 * said  # points on a face fall to either side in float32
    assert off == 0, "%d of %d boxes count other points" % (off, len(boxes))
    return len(boxes)


def check_velocities(nusc):
    """Steady things move as far in half a second as their velocity says."""
    checked = 0
    for annotation in nusc.sample_annotation:
        velocity = nusc.box_velocity(annotation["token"])
        if not (annotation["prev"] and annotation["next"]):
            continue
        times = [nusc.get("sample", nusc.get("sample_annotation", annotation[way])["sample_token"])["timestamp"]
                 for way in ("prev", "next")]
        if times[1] - times[0] > 3.0e6:  # long out of sight: the devkit gives no velocity
            assert np.all(np.isnan(velocity))
            continue
        assert np.all(np.isfinite(velocity)), annotation["token"]
        assert abs(velocity[2]) < 0.5 and np.linalg.norm(velocity) < 30
        assert (annotation["attribute_tokens"] == []) == (
            annotation["category_name"].startswith("movable_object")), annotation["category_name"]
        checked += 1
    return checked


def main(folder):
    nusc = NuScenes(version="v1.0-mini", dataroot=folder, verbose=False)
    check_reverse_indices(nusc)
    boxes = 0
    for sample in nusc.sample:
        check_sample(nusc, sample)
        boxes += check_points(nusc, sample)
    velocities = check_velocities(nusc)
    assert boxes > 0
    print("%d scenes, %d keyframes, %d boxes, %d velocities" % (len(nusc.scene), len(nusc.sample), boxes, velocities))


main(sys.argv[1])
