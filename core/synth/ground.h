// The ground as a function of the place: roads with lanes and crossings, kerbs, pavements, islands, grass.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "core/synth/mesh.h"
#include "core/synth/path.h"

namespace hbev::synth {

enum class Surface : std::uint8_t { Road, OtherFlat, Sidewalk, Terrain };

/// Where another road crosses; m along this road.
struct Junction {
  double station;
  double half_width;  ///< m, of the other road
};

struct Road {
  Path path;
  int lanes = 1;           ///< each way
  double center_half = 0;  ///< m, half the strip between the directions
  bool parking = false;    ///< a strip for parking on both sides
  std::vector<Junction> junctions;
  std::vector<std::pair<double, double>>
      islands;  ///< stations between which the centre strip is a raised island

  static constexpr double kLane = 3.3;     ///< m
  static constexpr double kParking = 2.3;  ///< m
  static constexpr double kShoulder = 0.5;
  double halfWidth() const { return center_half + kLane * lanes + (parking ? kParking : kShoulder); }
  /// m left of the path of the middle of lane `lane` (0 is innermost); traffic keeps to the right.
  double laneLateral(int lane, bool with_path) const {
    return (with_path ? -1 : 1) * (center_half + kLane * (lane + 0.5));
  }
  double parkingLateral(bool with_path) const { return (with_path ? -1 : 1) * (halfWidth() - kParking / 2); }
  /// m to the nearest junction's edge, negative inside; infinite without junctions.
  double junctionDistance(double station) const;
};

inline constexpr double kSidewalk = 3.2;     ///< m, width of a pavement
inline constexpr float kKerbHeight = 0.13F;  ///< m

struct GroundPoint {
  Surface surface = Surface::Terrain;
  double road_edge = 0;  ///< m to the kerb, negative on the road
  int road = 0;          ///< the road that is nearest
  Path::Foot foot;       ///< on that road
  bool in_junction = false;
};

class Ground {
 public:
  explicit Ground(std::vector<Road> roads) : roads_(std::move(roads)) {}
  const std::vector<Road>& roads() const { return roads_; }
  GroundPoint at(const Eigen::Vector2d& point) const;
  /// m above 0.
  float height(const Eigen::Vector2d& point) const { return raised(point) > 0 ? kKerbHeight : 0.0F; }
  /// m to the kerb of the nearest road (corners rounded), negative on a road.
  double roadEdge(const Eigen::Vector2d& point) const;
  /// Road at 0 m and everything else a kerb higher, `half_extent` (m) around `center`.
  Mesh mesh(const Eigen::Vector2d& center, double half_extent) const;

 private:
  double raised(const Eigen::Vector2d& point) const;
  void addCell(Mesh& mesh, const Eigen::Vector2d& low, double size) const;
  void addClippedCell(Mesh& mesh, const Eigen::Vector2d& low, double size) const;

  std::vector<Road> roads_;
};

}  // namespace hbev::synth
