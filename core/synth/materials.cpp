#include "core/synth/materials.h"

#include <algorithm>
#include <cmath>

#include "core/synth/facade_texture.h"
#include "core/synth/ground_texture.h"
#include "core/synth/random.h"

namespace hbev::synth {
namespace {

SurfaceColor roof(const SurfacePoint& p) {
  SurfaceColor out;
  if (p.normal.z() > 0.95F) {
    out.albedo = Color(0.30F, 0.30F, 0.31F);
    return out;
  }
  const float row = p.local.z() / 0.22F;
  const float rows = row - std::floor(row);
  out.albedo = Color(0.42F, 0.17F, 0.10F) * (0.75F + 0.25F * rows) *
               (0.8F + 0.4F * noise(p.local.x() * 3, p.local.z() * 4, p.seed));
  return out;
}

SurfaceColor leaf(const SurfacePoint& p) {
  SurfaceColor out;
  const float patch = noise(p.local.x() * 2.3F + p.local.z(), p.local.y() * 2.3F + p.local.z(), p.seed);
  const float fine =
      noise(p.local.x() * 13 + 5 * p.local.z(), p.local.y() * 13 + 5 * p.local.z(), p.seed + 1);
  out.albedo = p.tint * (0.62F + 0.5F * patch + 0.45F * (fine - 0.4F));
  return out;
}

SurfaceColor plain(const Color& albedo, float mirror = 0) {
  return {albedo, {0, 0, 0}, mirror};
}

SurfaceColor glowing(const Color& albedo, const Color& glow, float lamps) {
  return {albedo, glow * lamps, 0.05F};
}

Color clothes(std::uint32_t seed) {
  const std::uint64_t hash = mix(seed);
  return {0.04F + 0.5F * float(unit(hash)), 0.04F + 0.4F * float(unit(mix(hash))),
          0.05F + 0.45F * float(unit(mix(hash + 1)))};
}

Color skin(std::uint32_t seed) {
  return Color(0.62F, 0.40F, 0.29F) * (0.35F + 0.75F * float(unit(mix(seed ^ 0x51U))));
}

}  // namespace

SurfaceColor surfaceColor(const SurfacePoint& p, const Ground& ground, const Lighting& lighting) {
  switch (p.material) {
    case Material::Ground:
      return groundColor(p, ground, lighting);
    case Material::Facade:
      return facadeColor(p, lighting);
    case Material::Roof:
      return roof(p);
    case Material::Concrete:
      return plain(Color(0.50F, 0.49F, 0.46F) * (0.85F + 0.2F * noise(p.local.x(), p.local.z(), p.seed)));
    case Material::Metal:
      return plain(Color(0.36F, 0.37F, 0.39F), 0.12F);
    case Material::Paint:
      return plain(p.tint, 0.07F);
    case Material::Trim:
      return plain(Color(0.025F, 0.025F, 0.028F), 0.02F);
    case Material::Glass:
      return plain(Color(0.02F, 0.025F, 0.03F), 0.16F);
    case Material::Rubber:
      return plain(Color(0.022F, 0.022F, 0.023F));
    case Material::Headlight:
      return glowing(Color(0.75F, 0.77F, 0.8F), Color(2.6F, 2.4F, 2.0F), p.lights ? lighting.lamps : 0);
    case Material::Taillight:
      return glowing(Color(0.45F, 0.02F, 0.02F), Color(1.9F, 0.10F, 0.05F), p.lights ? lighting.lamps : 0);
    case Material::Leaf:
      return leaf(p);
    case Material::Bark:
      return plain(Color(0.20F, 0.15F, 0.11F) *
                   (0.7F + 0.6F * noise(p.local.x() * 20, p.local.z() * 5, p.seed)));
    case Material::Skin:
      return plain(skin(p.seed));
    case Material::Hair:
      return plain(Color(0.05F, 0.035F, 0.025F));
    case Material::Shirt:
      return plain(clothes(p.seed));
    case Material::Trousers:
      return plain(0.6F * clothes(p.seed + 17).mean() * Color(0.9F, 0.95F, 1.15F));
    case Material::Orange:
      return plain(Color(0.85F, 0.20F, 0.02F));
    case Material::White:
      return plain(Color(0.80F, 0.80F, 0.78F), 0.03F);
    case Material::Red:
      return plain(Color(0.65F, 0.04F, 0.03F));
    case Material::Yellow:
      return plain(Color(0.80F, 0.48F, 0.03F), 0.04F);
    case Material::Blue:
      return plain(Color(0.04F, 0.14F, 0.50F), 0.04F);
    case Material::Lamp:
      return glowing(Color(0.7F, 0.7F, 0.65F), Color(3.2F, 2.4F, 1.3F), lighting.lamps);
    case Material::SignalGreen:
      return glowing(Color(0.05F, 0.5F, 0.2F), Color(0.1F, 1.7F, 0.7F), 1);
  }
  return {};
}

float lidarReflectance(Material material) {
  switch (material) {
    case Material::Glass:
      return 0.03F;
    case Material::Rubber:
    case Material::Trim:
      return 0.05F;
    case Material::Ground:
      return 0.12F;
    case Material::Leaf:
      return 0.28F;
    case Material::White:
    case Material::Blue:
    case Material::Red:
    case Material::Orange:
      return 0.75F;
    case Material::Headlight:
    case Material::Taillight:
      return 0.9F;
    case Material::Facade:
      return 0.3F;
    default:
      return 0.35F;
  }
}

}  // namespace hbev::synth
