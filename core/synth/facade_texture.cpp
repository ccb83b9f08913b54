#include "core/synth/facade_texture.h"

#include <algorithm>
#include <cmath>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

constexpr float kShopHeight = 3.75F;  // m
constexpr float kFirstFloor = 3.95F;  // m
constexpr float kFloorHeight = 3.1F;  // m

float fraction(float x) {
  return x - std::floor(x);
}

/// 1 inside [low, high], 0 outside, softened over `blur`.
float band(float x, float low, float high, float blur) {
  const float soft = std::max(blur, 1e-4F);
  return std::clamp((x - low) / soft + 0.5F, 0.0F, 1.0F) * std::clamp((high - x) / soft + 0.5F, 0.0F, 1.0F);
}

Color blend(const Color& a, const Color& b, float t) {
  return a + (b - a) * t;
}

std::uint64_t integer(float x) {
  return std::uint64_t(std::int64_t(std::floor(x)));
}

/// The piece of wall with one window that a point is in.
struct Bay {
  bool shop;
  float width;             ///< m
  float x, z;              ///< m from the bay's left edge and its floor
  float margin;            ///< m of wall left and right of the glass
  float sill, lintel;      ///< m, the glass's lower and upper edge
  std::uint64_t identity;  ///< different for every bay of every building
};

Bay bayAt(const SurfacePoint& p, float u) {
  const float z = p.local.z();
  const std::uint32_t style = p.seed;
  Bay bay;
  bay.shop = z < kShopHeight;
  const float floors = (z - kFirstFloor) / kFloorHeight;
  bay.width = bay.shop ? 3.6F : 2.3F + 0.22F * float(style % 6);
  bay.x = fraction(u / bay.width) * bay.width;
  bay.z = bay.shop ? z : fraction(floors) * kFloorHeight;
  bay.margin = bay.shop ? 0.3F : 0.55F + 0.08F * float(style / 7 % 4);
  bay.sill = bay.shop ? 0.5F : 0.85F;
  bay.lintel = bay.shop ? 2.9F : 2.45F + 0.08F * float(style / 31 % 3);
  const std::uint64_t side =
      std::uint64_t(p.local_normal.x() > 0.5F) + 2 * std::uint64_t(p.local_normal.y() > 0.5F);
  bay.identity = mixAll(style, integer(u / bay.width), bay.shop ? ~0ULL : integer(floors), side);
  return bay;
}

Color wall(const SurfacePoint& p, float u) {
  const float z = p.local.z();
  const bool bricks = (p.seed & 8U) != 0;
  const float detail = std::clamp(0.06F / std::max(p.footprint_m, 1e-3F), 0.0F, 1.0F);
  const float course = z / 0.075F;
  const float grain = noise(u * 4 + float(p.seed % 91), course * (bricks ? 1.0F : 0.05F), p.seed);
  const float stain = fractalNoise(u * 0.35F, z * 0.22F, p.seed + 5);
  Color color = p.tint * (0.86F + 0.20F * stain + 0.10F * (grain - 0.5F) * detail);
  if (bricks) color *= 1 - 0.16F * detail * band(fraction(course), 0, 0.16F, p.footprint_m / 0.075F);
  return color * (0.8F + 0.2F * std::clamp(z / 1.2F, 0.0F, 1.0F));
}

/// Glass lies behind the wall's face. `along` (m) is how far the view moves along the wall until it is
/// `depth` in.
struct Depth {
  float along, up;
  Depth(const SurfacePoint& p, float depth) {
    const bool faces_x = std::abs(p.local_normal.x()) > std::abs(p.local_normal.y());
    const float inward = std::max(0.18F, -p.local_view.dot(p.local_normal));
    along = (faces_x ? p.local_view.y() : p.local_view.x()) * depth / inward;
    up = p.local_view.z() * depth / inward;
  }
};

/// The wall's thickness, seen where the view does not reach the glass: light on the sill, dark below the
/// lintel.
Color reveal(const SurfacePoint& p, const Bay& bay, float z) {
  if (z < bay.sill) return 0.95F * p.tint;
  return (z > bay.lintel ? 0.34F : 0.58F) * p.tint;
}

/// What a lit window shows: goods on shelves in a shop, a warm ceiling above.
Color interior(const Bay& bay, float blur) {
  const auto inside = float(unit(bay.identity));
  const float ceiling = std::clamp((bay.z - bay.sill) / (bay.lintel - bay.sill), 0.0F, 1.0F);
  if (!bay.shop) return Color(1.1F, 0.72F, 0.34F) * ((0.5F + 0.5F * ceiling) * (0.35F + 0.65F * inside));
  const Color air = Color(1.15F, 0.88F, 0.58F) * (0.28F + 0.55F * ceiling * ceiling);
  const float shelf = (bay.z - bay.sill) / 0.62F;
  const float item = bay.x / 0.34F;
  if (shelf > 2.9F) return air;
  const std::uint64_t kind = mixAll(bay.identity, integer(item), integer(shelf));
  const float tall = 0.3F + 0.55F * float(unit(kind));
  const float body =
      band(fraction(shelf), 0.06F, tall, blur / 0.62F) * band(fraction(item), 0.1F, 0.9F, blur / 0.34F);
  const Color goods(0.25F + 0.6F * float(unit(mix(kind))), 0.2F + 0.45F * float(unit(mix(kind + 1))),
                    0.15F + 0.4F * float(unit(mix(kind + 2))));
  const float board = band(fraction(shelf), 0, 0.06F, blur / 0.62F);
  return blend(blend(air, goods, 0.8F * body), 0.35F * air, 0.7F * board) * (0.5F + 0.5F * inside);
}

}  // namespace

SurfaceColor facadeColor(const SurfacePoint& p, const Lighting& lighting) {
  const float u = std::abs(p.local_normal.x()) > std::abs(p.local_normal.y()) ? p.local.y() : p.local.x();
  const float blur = p.footprint_m;
  SurfaceColor out;
  out.albedo = wall(p, u);
  const Bay bay = bayAt(p, u);
  if (bay.shop && bay.identity % 5 == 0) return out;
  const auto inside = float(unit(bay.identity));
  const float frame = band(bay.x, bay.margin - 0.09F, bay.width - bay.margin + 0.09F, blur) *
                      band(bay.z, bay.sill - 0.1F, bay.lintel + 0.1F, blur);
  out.albedo = blend(out.albedo, Color(0.62F, 0.60F, 0.56F), frame * 0.85F);
  const float opening =
      band(bay.x, bay.margin, bay.width - bay.margin, blur) * band(bay.z, bay.sill, bay.lintel, blur);
  const Depth to_glass(p, bay.shop ? 0.22F : 0.15F);
  const float x = bay.x + to_glass.along;
  const float z = bay.z + to_glass.up;
  const float cross = bay.shop ? 0 : band(x, bay.width / 2 - 0.035F, bay.width / 2 + 0.035F, blur);
  const float glazed =
      band(x, bay.margin, bay.width - bay.margin, blur) * band(z, bay.sill, bay.lintel, blur);
  const float pane = opening * glazed * (1 - cross);
  out.albedo = blend(out.albedo, reveal(p, bay, z), opening * (1 - glazed));
  Bay room = bay;
  const Depth to_shelf(p, bay.shop ? 1.1F : 0.8F);
  room.x += to_shelf.along;
  room.z += to_shelf.up;
  Color glass = Color(0.035F, 0.045F, 0.055F) + Color(0.10F, 0.09F, 0.08F) * inside * inside;
  const bool curtain = !bay.shop && bay.identity % 3 == 0;
  if (curtain)
    glass = blend(glass, Color(0.45F, 0.43F, 0.40F), 0.5F * band(z, bay.lintel - 0.7F, bay.lintel, blur));
  if (bay.shop) glass = 0.35F * interior(room, blur).cwiseMin(0.3F);
  out.albedo = blend(out.albedo, glass, pane);
  out.mirror = 0.10F * pane;
  const bool lit = bay.shop ? bay.identity % 4 != 1 : bay.identity % 4 == 1;
  if (lit && lighting.lamps > 0) out.glow = interior(room, blur) * (pane * lighting.lamps);
  if (bay.shop) {
    const Color cloth(0.15F + 0.5F * float(unit(mix(bay.identity))), 0.12F + 0.25F * inside,
                      0.12F + 0.3F * float(unit(mix(p.seed))));
    out.albedo = blend(out.albedo, cloth, 0.9F * band(bay.z, 3.0F, 3.5F, blur));
  }
  return out;
}

}  // namespace hbev::synth
