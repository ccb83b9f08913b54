// What drawing costs: meshing, the first draw of a new frame, a frame of a moving camera, camera overlays.
#include <cmath>

#include <benchmark/benchmark.h>

#include "core/base/error.h"
#include "render/coloring.h"
#include "render/offscreen.h"
#include "render/overlay.h"
#include "render/picking.h"
#include "render/voxel_mesh.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

constexpr int kWidth = 1280, kHeight = 720;

const Occupancy& street() {
  static const Occupancy kStreet = test::makeStreet();
  return kStreet;
}

/// Six cameras that look around, 60 degrees apart, 1.6 m above the ground.
Keyframe surroundKeyframe() {
  Keyframe keyframe;
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    CameraReading reading;
    reading.model.intrinsics << 1266, 0, 800, 0, 1266, 450, 0, 0, 1;
    reading.model.width = 1600;
    reading.model.height = 900;
    Eigen::Matrix3d ego_from_camera;
    ego_from_camera << 0, 0, 1, -1, 0, 0, 0, -1, 0;
    const Eigen::AngleAxisd turn(double(i) * M_PI / 3, Eigen::Vector3d::UnitZ());
    reading.ego_from_sensor = Pose(turn * Eigen::Quaterniond(ego_from_camera), {1, 0, 1.6});
    keyframe.cameras[i] = reading;
  }
  return keyframe;
}

void shownColumns(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(VoxelColumns(street(), {}));
  }
}

void mesh(benchmark::State& state) {
  const VoxelColumns columns(street(), {});
  std::size_t quads = 0;
  for (auto _ : state) {
    quads = buildVoxelMesh(columns).quads();
  }
  state.counters["voxels"] = double(street().occupiedCount());
  state.counters["quads"] = double(quads);
}

void corners(benchmark::State& state) {
  const VoxelColumns columns(street(), {});
  for (auto _ : state) {
    benchmark::DoNotOptimize(cornerNeighbours(columns));
  }
}

void firstDraw(benchmark::State& state) {
  OffscreenContext context(kWidth, kHeight);
  FrameScene scene;
  const auto occupancy = std::make_shared<Occupancy>(street());
  const VoxelPaint paint = paintVoxels(*occupancy, Coloring::Class, Palette::Studio, {});
  for (auto _ : state) {
    scene.setOccupancy(occupancy);
    scene.setPaint(paint);
    scene.draw(ViewCamera::orbit(), kWidth, kHeight, {});
    benchmark::DoNotOptimize(context.read());
  }
}

void movingCamera(benchmark::State& state) {
  OffscreenContext context(kWidth, kHeight);
  FrameScene scene;
  const auto occupancy = std::make_shared<Occupancy>(street());
  scene.setOccupancy(occupancy);
  scene.setFlow(flowArrows(*occupancy, {}), {255, 255, 255});
  ViewCamera camera = ViewCamera::orbit();
  for (auto _ : state) {
    camera.orbitBy(0.01, 0);
    scene.draw(camera, kWidth, kHeight, {});
    benchmark::DoNotOptimize(context.read());
  }
  state.SetLabel(context.rendererName());
}

void readBack(benchmark::State& state) {
  OffscreenContext context(kWidth, kHeight);
  for (auto _ : state) {
    benchmark::DoNotOptimize(context.read());
  }
}

void sixOverlays(benchmark::State& state) {
  const Keyframe keyframe = surroundKeyframe();
  for (auto _ : state) {
    for (std::size_t i = 0; i < kCameraCount; ++i) {
      benchmark::DoNotOptimize(drawVoxelOverlay(street(), keyframe, Camera(i), 400, 225, {}));
    }
  }
}

void picks(benchmark::State& state) {
  const ViewCamera camera = ViewCamera::orbit();
  int x = 0;
  for (auto _ : state) {
    x = (x + 37) % kWidth;
    benchmark::DoNotOptimize(
        pickVoxel(street(), {}, camera.eye(), camera.rayThrough({double(x), 360}, kWidth, kHeight)));
  }
}

void clusters(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(flowArrows(street(), {}));
  }
}

BENCHMARK(shownColumns)->Unit(benchmark::kMillisecond);
BENCHMARK(mesh)->Unit(benchmark::kMillisecond);
BENCHMARK(corners)->Unit(benchmark::kMillisecond);
BENCHMARK(firstDraw)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(movingCamera)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(readBack)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(sixOverlays)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(picks)->Unit(benchmark::kMicrosecond);
BENCHMARK(clusters)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hbev

BENCHMARK_MAIN();
