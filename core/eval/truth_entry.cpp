// One entry of the truth cache: a header with checksums, then bit masks and packed values. Numbers are
// written as they lie in memory; an entry of another kind of machine fails its header's check and is made
// again.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <xxhash.h>

#include "core/eval/rays.h"
#include "core/eval/truth_cache.h"

namespace hbev {
namespace {

constexpr std::uint64_t kMagic = 0x3230594152544248;  // "HBTRAY02"

struct Header {
  std::uint64_t magic = kMagic;
  std::uint64_t key_high = 0, key_low = 0;
  std::uint32_t origins = 0;
  std::uint32_t occupied = 0;  ///< voxels that are not free
  std::uint32_t valid = 0;     ///< rays that met something
  std::uint32_t moving = 0;    ///< of them, on voxels with flow
  std::uint32_t has_flow = 0, has_mask = 0;
  std::uint64_t checksum = 0;  ///< of all other bytes
};

std::uint64_t checksumOf(const Header& header, const void* body, std::size_t bytes) {
  return XXH3_64bits_withSeed(body, bytes, XXH3_64bits(&header, offsetof(Header, checksum)));
}

class Packer {
 public:
  explicit Packer(std::string& bytes) : bytes_(bytes) {}
  template <class T>
  void add(const T* values, std::size_t count) {
    bytes_.append(reinterpret_cast<const char*>(values), count * sizeof(T));
  }
  /// One bit for every i below `count`.
  template <class Test>
  void addBits(std::size_t count, const Test& test) {
    const std::size_t begin = bytes_.size();
    bytes_.resize(begin + (count + 7) / 8, '\0');
    for (std::size_t i = 0; i < count; ++i) {
      if (test(i)) bytes_[begin + i / 8] = char(bytes_[begin + i / 8] | (1 << (i % 8)));
    }
  }

 private:
  std::string& bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> bytes) : rest_(bytes) {}
  /// The next bytes, or too few when there are not so many.
  std::span<const std::byte> take(std::size_t count) {
    const auto taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const std::byte> rest_;
};

/// Calls `use` with every i below `count` whose bit is set. False when that is not `expected` times.
template <class Use>
bool forEachBit(std::span<const std::byte> bits, std::size_t count, std::size_t expected, const Use& use) {
  std::size_t set = 0, counted = 0;
  for (std::uint64_t eight; counted + sizeof eight <= bits.size(); counted += sizeof eight) {
    std::memcpy(&eight, &bits[counted], sizeof eight);
    set += std::size_t(std::popcount(eight));
  }
  for (; counted < bits.size(); ++counted)
    set += std::size_t(std::popcount(unsigned(bits[counted])));
  if (set != expected || bits.size() * 8 < count) return false;
  for (std::size_t byte = 0; byte < bits.size(); ++byte) {
    for (auto rest = unsigned(bits[byte]); rest != 0; rest &= rest - 1) {
      const std::size_t i = 8 * byte + std::size_t(std::countr_zero(rest));
      if (i >= count) return false;
      use(i);
    }
  }
  return true;
}

bool isMoving(const TruthRays& rays, std::size_t i) {
  return !rays.flow_mps.empty() && (rays.flow_mps[i][0] != 0 || rays.flow_mps[i][1] != 0);
}

struct Sizes {
  std::size_t voxels, rays, body;
};

Sizes sizesOf(const Header& header) {
  const std::size_t voxels = occ3dGrid().size(), rays = header.origins * lidarRays().size();
  const std::size_t masks = (voxels + 7) / 8 * (header.has_mask ? 2 : 1) + (rays + 7) / 8;
  return {voxels, rays,
          masks + header.occupied + header.valid * (sizeof(float) + 1) + rays +
              header.moving * (sizeof(std::uint32_t) + sizeof(Velocity))};
}

bool unpackVoxels(const Header& header, Unpacker& body, const Sizes& sizes, Occupancy& occupancy) {
  const std::uint8_t free = occupancy.classes->free();
  occupancy.semantics.assign(sizes.voxels, free);
  const auto bits = body.take((sizes.voxels + 7) / 8), labels = body.take(header.occupied);
  for (const std::byte label : labels) {
    if (std::uint8_t(label) >= free && std::uint8_t(label) != 255) return false;
  }
  std::size_t next = 0;
  if (!forEachBit(bits, sizes.voxels, header.occupied,
                  [&](std::size_t i) { occupancy.semantics[i] = std::uint8_t(labels[next++]); }))
    return false;
  if (header.has_mask == 0) return true;
  const auto mask = body.take((sizes.voxels + 7) / 8);
  occupancy.mask_camera.resize(sizes.voxels);
  for (std::size_t i = 0; i < sizes.voxels; ++i)
    occupancy.mask_camera[i] = (std::uint8_t(mask[i / 8]) >> (i % 8)) & 1U;
  return true;
}

bool unpackRays(const Header& header, Unpacker& body, const Sizes& sizes, std::uint8_t free,
                TruthRays& rays) {
  rays.origins = header.origins;
  rays.distance_m.resize(sizes.rays);
  rays.label.assign(sizes.rays, free);
  rays.zone.resize(sizes.rays);
  if (header.has_flow) rays.flow_mps.resize(sizes.rays);
  const auto bits = body.take((sizes.rays + 7) / 8);
  const auto distances = body.take(header.valid * sizeof(float));
  const auto labels = body.take(header.valid), zones = body.take(sizes.rays);
  const auto is_free = [&](std::byte label) { return std::uint8_t(label) == free; };
  const auto is_outside = [](std::byte zone) { return std::uint8_t(zone) >= kZones; };
  if (std::ranges::any_of(labels, is_free) || std::ranges::any_of(zones, is_outside)) return false;
  if (!zones.empty()) std::memcpy(rays.zone.data(), zones.data(), zones.size());
  std::size_t next = 0;
  const bool fits = forEachBit(bits, sizes.rays, header.valid, [&](std::size_t i) {
    std::memcpy(&rays.distance_m[i], &distances[next * sizeof(float)], sizeof(float));
    rays.label[i] = std::uint8_t(labels[next++]);
  });
  if (!fits) return false;
  const auto places = body.take(header.moving * sizeof(std::uint32_t));
  const auto flow = body.take(header.moving * sizeof(Velocity));
  for (std::size_t i = 0; i < header.moving; ++i) {
    std::uint32_t ray = 0;
    std::memcpy(&ray, &places[i * sizeof(ray)], sizeof(ray));
    if (ray >= rays.flow_mps.size()) return false;
    std::memcpy(&rays.flow_mps[ray], &flow[i * sizeof(Velocity)], sizeof(Velocity));
  }
  return true;
}

}  // namespace

std::string formatTruthEntry(const TruthFrame& truth, std::uint64_t key_high, std::uint64_t key_low) {
  const Occupancy& occupancy = truth.occupancy;
  const TruthRays& rays = truth.rays;
  const std::uint8_t free = occupancy.classes->free();
  std::vector<std::uint8_t> labels, ray_labels;
  std::vector<float> distances;
  std::vector<std::uint32_t> places;
  std::vector<Velocity> flow;
  for (const std::uint8_t label : occupancy.semantics) {
    if (label != free) labels.push_back(label);
  }
  for (std::size_t i = 0; i < rays.size(); ++i) {
    if (rays.label[i] == free) continue;
    distances.push_back(rays.distance_m[i]);
    ray_labels.push_back(rays.label[i]);
    if (!isMoving(rays, i)) continue;
    places.push_back(std::uint32_t(i));
    flow.push_back(rays.flow_mps[i]);
  }
  Header header;
  header.key_high = key_high;
  header.key_low = key_low;
  header.origins = std::uint32_t(rays.origins);
  header.occupied = std::uint32_t(labels.size());
  header.valid = std::uint32_t(distances.size());
  header.moving = std::uint32_t(flow.size());
  header.has_flow = truth.has_flow;
  header.has_mask = !occupancy.mask_camera.empty();

  std::string bytes(sizeof(header), '\0');
  Packer packer(bytes);
  packer.addBits(occupancy.semantics.size(), [&](std::size_t i) { return occupancy.semantics[i] != free; });
  packer.add(labels.data(), labels.size());
  packer.addBits(occupancy.mask_camera.size(), [&](std::size_t i) { return occupancy.mask_camera[i] != 0; });
  packer.addBits(rays.size(), [&](std::size_t i) { return rays.label[i] != free; });
  packer.add(distances.data(), distances.size());
  packer.add(ray_labels.data(), ray_labels.size());
  packer.add(rays.zone.data(), rays.zone.size());  // of all: what is predicted along free rays counts, too
  packer.add(places.data(), places.size());
  packer.add(flow.data(), flow.size());
  header.checksum = checksumOf(header, bytes.data() + sizeof(header), bytes.size() - sizeof(header));
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

std::optional<TruthFrame> parseTruthEntry(std::span<const std::byte> bytes, std::uint64_t key_high,
                                          std::uint64_t key_low, const ClassSet& classes) {
  constexpr std::uint32_t kMostOrigins = 64;
  Header header;
  if (bytes.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const auto rest = bytes.subspan(sizeof(header));
  if (header.magic != kMagic || header.key_high != key_high || header.key_low != key_low ||
      header.origins > kMostOrigins)
    return std::nullopt;
  const Sizes sizes = sizesOf(header);
  if (rest.size() != sizes.body || header.checksum != checksumOf(header, rest.data(), rest.size()))
    return std::nullopt;
  Unpacker body(rest);
  TruthFrame truth;
  truth.occupancy.classes = &classes;
  truth.has_flow = header.has_flow != 0;
  if (!unpackVoxels(header, body, sizes, truth.occupancy) ||
      !unpackRays(header, body, sizes, classes.free(), truth.rays))
    return std::nullopt;
  return truth;
}

}  // namespace hbev
