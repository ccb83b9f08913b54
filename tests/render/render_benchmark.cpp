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

/// Rays of eight origins as the metric casts them, each to 5 to 40 m; `wrong` of ten are lines with marks,
/// the others are dots.
RayBundle rays(std::size_t origins, std::size_t wrong) {
  RayBundle bundle;
  for (std::size_t origin = 0; origin < origins; ++origin) {
    const Eigen::Vector3f from(7.0F * float(origin) - 24.0F, 0.5F, 1.84F);
    for (int i = 0; i < 14040; ++i) {
      const float azimuth = float(i % 360) * 0.0174533F, pitch = -0.5F + 0.018F * float(i / 360);
      const float length_m = 5.0F + float(i * 7919 % 350) / 10.0F;
      const Eigen::Vector3f direction(std::cos(pitch) * std::cos(azimuth),
                                      std::cos(pitch) * std::sin(azimuth), std::sin(pitch));
      const Eigen::Vector3f end = from + length_m * direction;
      if (std::size_t(i * 31 % 10) < wrong) {
        bundle.lines.push_back({from, end, {252, 229, 121}, 0.9F, origins > 1 ? 0.05F : 0.2F});
        bundle.marks.push_back({end, end + 2.0F * direction, {252, 229, 121}, 2.0F, 1.0F});
      } else {
        bundle.points.push_back({end, {87, 91, 98}});
      }
    }
  }
  return bundle;
}

void movingCameraWithRays(benchmark::State& state) {
  OffscreenContext context(kWidth, kHeight);
  FrameScene scene;
  scene.setOccupancy(std::make_shared<Occupancy>(street()));
  scene.setRays(rays(std::size_t(state.range(0)), std::size_t(state.range(1))));
  ViewCamera camera = ViewCamera::orbit();
  for (auto _ : state) {
    camera.orbitBy(0.01, 0);
    scene.draw(camera, kWidth, kHeight, {});
    benchmark::DoNotOptimize(context.read());
  }
  state.SetLabel(context.rendererName());
}

/// The same with as many strokes as fit into a moment: what a viewport draws until its camera rests.
void movingCameraWithAShareOfRays(benchmark::State& state) {
  OffscreenContext context(kWidth, kHeight);
  FrameScene scene;
  scene.setOccupancy(std::make_shared<Occupancy>(street()));
  scene.setRays(rays(std::size_t(state.range(0)), std::size_t(state.range(1))));
  const double share = double(state.range(2)) / double(scene.rayStrokes());
  Shot shot{ViewCamera::orbit(), kWidth, kHeight, {}};
  for (auto _ : state) {
    shot.camera.orbitBy(0.01, 0);
    scene.beginDraw(shot);
    scene.drawRayShare(shot, share);
    scene.endDraw(shot);
    benchmark::DoNotOptimize(context.read());
  }
}

/// What a change of filter costs until the next picture.
void newRays(benchmark::State& state) {
  OffscreenContext context(kWidth, kHeight);
  FrameScene scene;
  const RayBundle bundle = rays(8, 3);
  for (auto _ : state) {
    scene.setRays(bundle);
    scene.draw(ViewCamera::orbit(), 64, 36, {});
    benchmark::DoNotOptimize(context.read());
  }
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
BENCHMARK(movingCameraWithRays)
    ->ArgNames({"origins", "wrong"})
    ->Args({1, 3})
    ->Args({8, 3})
    ->Args({8, 10})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(movingCameraWithAShareOfRays)
    ->ArgNames({"origins", "wrong", "strokes"})
    ->Args({8, 3, 2000})
    ->Args({8, 3, 4000})
    ->Args({8, 10, 2000})
    ->Args({8, 10, 4000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(newRays)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(readBack)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(sixOverlays)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(picks)->Unit(benchmark::kMicrosecond);
BENCHMARK(clusters)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hbev

BENCHMARK_MAIN();
