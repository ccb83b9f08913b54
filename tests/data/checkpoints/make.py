#!/usr/bin/env python3
"""Makes the small checkpoints of tests/model/checkpoint_test.cpp with PyTorch itself. Run by hand: make.py"""

import collections
import pathlib

import torch

HERE = pathlib.Path(__file__).parent


def ramp(*shape, dtype=torch.float32):
    count = 1
    for extent in shape:
        count *= extent
    return torch.arange(count).reshape(shape).to(dtype)


def types():
    """One tensor 0 1 2 3 4 5 of every type that can be read."""
    names = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64".split()
    return {name: ramp(2, 3, dtype=getattr(torch, name)) for name in names}


def views():
    """Different looks at one storage 0 ... 23."""
    base = ramp(4, 6)
    return {
        "whole": base,
        "transposed": base.t(),
        "rows": base[1:3],
        "column": base[:, 2],
        "every_second": base[::2, 1::2],
        "repeated": base[3, 5].expand(2, 2),
        "scalar": base[2, 3],
        "empty": base[:, 6:],
    }


def network():
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))


def mmcv():
    """As mmcv.runner.save_checkpoint writes it; the optimizer after one step."""
    net = network()
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.25)
    net(torch.ones(1, 1, 4, 4)).square().sum().backward()
    optimizer.step()
    meta = {"epoch": 3, "iter": 42, "mmcv_version": "1.7.0", "time": "Mon Jan  5 12:00:00 2026", "hook_msgs": {},
            "CLASSES": ("car", "truck"), "config": "a = 1\nb = 2\n", "seed": None, "lr": 0.25}
    return {"meta": meta, "state_dict": net.state_dict(), "optimizer": optimizer.state_dict()}


class Unknown:
    """A class that no reader knows."""


def main():
    torch.save(types(), HERE / "types.pth")
    torch.save(types(), HERE / "types_before_1_6.pth", _use_new_zipfile_serialization=False)
    torch.save(views(), HERE / "views.pth")
    torch.save(views(), HERE / "views_before_1_6.pth", _use_new_zipfile_serialization=False)
    torch.save(mmcv(), HERE / "mmcv.pth")
    torch.save(mmcv(), HERE / "mmcv_before_1_6.pth", _use_new_zipfile_serialization=False)
    parameters = collections.OrderedDict((name, p) for name, p in network().named_parameters())
    torch.save(parameters, HERE / "parameters.pth")
    torch.save({"module." + name: value for name, value in network().state_dict().items()}, HERE / "parallel.pth")
    torch.save({"model": network().state_dict(), "what": torch.device("cuda", 1), "size": torch.Size([1, 2])},
               HERE / "wrapped.pth")
    torch.save(Unknown(), HERE / "unknown_class.pth")
    torch.save({"epoch": 1}, HERE / "no_weights.pth")


if __name__ == "__main__":
    main()
