#include "core/synth/ground_texture.h"

#include <algorithm>
#include <cmath>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

/// Coverage of a line of `width` around 0, for a pixel that is `blur` wide.
float line(double offset, double width, float blur) {
  const float soft = std::max(blur, 0.01F);
  const float covered = std::clamp(float((width / 2 - std::abs(offset)) / soft) + 0.5F, 0.0F, 1.0F);
  return covered * std::min(1.0F, float(width) / soft);
}

float dash(double station, double period, double painted, float blur) {
  const double phase = station / period - std::floor(station / period);
  return line((phase - 0.5) * period, painted, blur);
}

struct Paint {
  float white = 0;
  float yellow = 0;
};

/// Stripes across the road where people cross, and the line before which one stops.
float crossingPaint(const Road& road, const Path::Foot& foot, float blur) {
  const double before = road.junctionDistance(foot.station);
  if (before > 8 || std::abs(foot.lateral) > road.halfWidth() - 0.35) return 0;
  float paint = 0;
  if (before > 2) paint = dash(foot.lateral, 1.0, 0.5, blur) * line(before - 4.0, 3.2, blur);
  return std::max(paint,
                  line(before - 6.7, 0.4, blur) * (std::abs(foot.lateral) > road.center_half ? 1.0F : 0.0F));
}

Paint lanePaint(const Road& road, const Path::Foot& foot, float blur) {
  Paint paint;
  const double before = road.junctionDistance(foot.station);
  if (before < 7.5) {
    paint.white = crossingPaint(road, foot, blur);
    return paint;
  }
  const double lateral = std::abs(foot.lateral);
  if (road.center_half < 0.3) {
    paint.yellow = line(lateral, 0.14, blur) * dash(foot.station, 6, 3, blur);
  } else {
    paint.yellow = line(lateral - road.center_half, 0.13, blur);
  }
  for (int i = 1; i < road.lanes; ++i) {
    paint.white +=
        line(lateral - road.center_half - i * Road::kLane, 0.14, blur) * dash(foot.station, 9, 3.5, blur);
  }
  const double edge = road.center_half + road.lanes * Road::kLane;
  if (road.parking) {
    paint.white += line(lateral - edge, 0.1, blur) * dash(foot.station, 1.2, 0.6, blur);
    if (lateral > edge) paint.white += line(std::remainder(foot.station, 6.4), 0.1, blur);
  } else {
    paint.white += line(lateral - edge, 0.14, blur);
  }
  paint.white = std::min(paint.white, 1.0F);
  return paint;
}

/// Share of a manhole's cover, and how dark its pattern is.
float manhole(const GroundPoint& at, float blur) {
  constexpr double kStep = 26;
  const double cell = std::floor(at.foot.station / kStep);
  const double lane = std::floor(at.foot.lateral / Road::kLane);
  const std::uint64_t hash =
      mixAll(0x3A, std::uint64_t(std::int64_t(cell)), std::uint64_t(std::int64_t(lane)));
  if (hash % 3 != 0) return 0;
  const double ds = at.foot.station - (cell + 0.2 + 0.6 * unit(mix(hash))) * kStep;
  const double dl = at.foot.lateral - (lane + 0.35 + 0.3 * unit(mix(hash + 1))) * Road::kLane;
  const auto distance = float(std::hypot(ds, dl));
  const float soft = std::max(blur, 0.01F);
  const float cover = std::clamp((0.32F - distance) / soft + 0.5F, 0.0F, 1.0F);
  const float rings = 0.75F + 0.25F * std::sin(distance * 60) * std::clamp(0.03F / soft, 0.0F, 1.0F);
  const float gap = std::clamp(1 - std::abs(distance - 0.30F) / 0.02F, 0.0F, 1.0F);
  return cover * (rings + 0.6F * gap);
}

/// Where tar was poured into cracks.
float cracks(const SurfacePoint& p) {
  if (p.footprint_m > 0.08F) return 0;
  const float x = p.global.x();
  const float y = p.global.y();
  if (noise(x * 0.07F, y * 0.07F, 31) < 0.58F) return 0;
  const float ridge = std::abs(fractalNoise(x * 0.32F, y * 0.32F, 32) - 0.5F);
  return std::clamp(1 - ridge / (0.004F + 0.12F * p.footprint_m), 0.0F, 1.0F) * (1 - p.footprint_m / 0.08F);
}

Color asphalt(const SurfacePoint& p, const GroundPoint& at) {
  const float x = p.global.x();
  const float y = p.global.y();
  const float detail = std::clamp(0.03F / std::max(p.footprint_m, 1e-3F), 0.0F, 1.0F);
  float shade = 0.118F + 0.030F * (fractalNoise(x * 0.25F, y * 0.25F, 1) - 0.5F);
  shade += 0.045F * detail * (noise(x * 31, y * 31, 2) - 0.5F);
  // Darker where tyres run and where it was mended.
  const double track = std::abs(std::abs(std::remainder(at.foot.lateral, Road::kLane)) - 0.8);
  if (!at.in_junction) shade *= 1 - 0.09F * std::exp(-float(track * track) * 8);
  if (noise(x * 0.09F, y * 0.13F, 3) > 0.78F) shade *= 0.84F;
  shade *= 1 - 0.45F * cracks(p);
  if (!at.in_junction) shade *= 1 - 0.5F * manhole(at, p.footprint_m);
  return {shade, shade * 1.01F, shade * 1.04F};
}

Color paving(const SurfacePoint& p, const GroundPoint& at) {
  const float detail = std::clamp(0.05F / std::max(p.footprint_m, 1e-3F), 0.0F, 1.0F);
  const double u = at.foot.station / 0.6;
  const double v = at.road_edge / 0.6;
  const double row = std::floor(v);
  const double shifted = u + 0.5 * (std::int64_t(row) & 1);
  const float stone =
      float(unit(mixAll(std::uint64_t(std::int64_t(std::floor(shifted))), std::uint64_t(std::int64_t(row)))));
  const double du = std::abs(shifted - std::floor(shifted) - 0.5);
  const double dv = std::abs(v - row - 0.5);
  const float joint = std::max(du, dv) > 0.475 ? 1.0F : 0.0F;
  const float shade = 0.36F + 0.07F * (fractalNoise(p.global.x() * 0.3F, p.global.y() * 0.3F, 4) - 0.5F);
  return Color(shade, shade * 0.965F, shade * 0.91F) *
         (1 + detail * (0.10F * (stone - 0.5F) - 0.24F * joint));
}

Color grass(const SurfacePoint& p) {
  const float x = p.global.x();
  const float y = p.global.y();
  const float detail = std::clamp(0.08F / std::max(p.footprint_m, 1e-3F), 0.0F, 1.0F);
  const float patch = fractalNoise(x * 0.4F, y * 0.4F, 6);
  const float blade = noise(x * 17, y * 17, 7) - 0.5F;
  const Color green = Color(0.13F, 0.20F, 0.055F) + Color(0.12F, 0.07F, 0.02F) * (patch - 0.35F);
  return green * (1 + 0.55F * detail * blade);
}

}  // namespace

SurfaceColor groundColor(const SurfacePoint& p, const Ground& ground, const Lighting& lighting) {
  const GroundPoint at = ground.at({p.global.x(), p.global.y()});
  const Road& road = ground.roads()[std::size_t(at.road)];
  SurfaceColor out;
  if (p.normal.z() < 0.5F) {
    out.albedo = {0.40F, 0.39F, 0.37F};
    return out;
  }
  const bool on_road = p.global.z() < kKerbHeight / 2;
  if (on_road) {
    const Color base = asphalt(p, at);
    const Paint paint = at.in_junction ? Paint{} : lanePaint(road, at.foot, p.footprint_m);
    const float worn = 0.72F + 0.28F * noise(p.global.x() * 5, p.global.y() * 5, 9);
    out.albedo = base + (Color(0.62F, 0.62F, 0.60F) - base) * (paint.white * worn);
    out.albedo += (Color(0.62F, 0.43F, 0.06F) - out.albedo) * (paint.yellow * worn);
    const float gutter = std::clamp(1 - float(-at.road_edge) / 0.35F, 0.0F, 1.0F);
    out.albedo *= 1 - 0.25F * gutter;
    if (lighting.wet > 0) {
      const float puddle =
          std::clamp((fractalNoise(p.global.x() * 0.22F, p.global.y() * 0.22F, 12) - 0.45F) * 5, 0.0F, 1.0F);
      out.albedo *= 0.62F;
      out.mirror = lighting.wet * (0.05F + 0.16F * puddle);
    }
    return out;
  }
  if (at.surface == Surface::OtherFlat || at.surface == Surface::Road) {
    out.albedo = Color(0.34F, 0.30F, 0.27F) * (0.9F + 0.2F * noise(p.global.x() * 2, p.global.y() * 2, 8));
  } else if (at.road_edge < 0.16) {
    const double joint = std::abs(std::remainder(at.foot.station, 1.0));
    out.albedo = Color(0.50F, 0.49F, 0.46F) * (joint < 0.015 && p.footprint_m < 0.04F ? 0.6F : 1.0F);
  } else {
    out.albedo = at.surface == Surface::Sidewalk ? paving(p, at) : grass(p);
  }
  if (lighting.wet > 0 && at.surface != Surface::Terrain) {
    out.albedo *= 0.72F;
    out.mirror = 0.04F;
  }
  return out;
}

}  // namespace hbev::synth
