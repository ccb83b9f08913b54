"""Opens a run's folder as TensorBoard does: tensorboard_check.py FOLDER. Exit codes: 0 as it should be, 1 not, 77
there is no TensorBoard."""

import sys

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    sys.exit(77)

events = EventAccumulator(sys.argv[1])
events.Reload()
scalars = events.Scalars("loss")
print([(event.step, event.value, event.wall_time) for event in scalars])
good = [(event.step, event.value, event.wall_time) for event in scalars] == [
    (1, 2.5, 1000.25),
    (300, 1.5, 1001.5),
    (70000, 0.5, 1002.0),
] and events.Scalars("ray_iou")[0].value == 0.25
sys.exit(0 if good else 1)
