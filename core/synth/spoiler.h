// Spoiled predictions: the truth with known faults, so that every kind of error can be seen and a score
// checked.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/geometry/box.h"

namespace hbev::synth {

/// An annotated object in the ego frame of the labels.
struct KnownObject {
  OrientedBox ego_box;
  std::uint8_t label = 0;  ///< OpenOcc
};

// Every function changes `prediction` (OpenOcc, with flow) in place. Voxels "of an object" are those of its
// class whose centre lies in its box grown by one voxel's edge on every side. What is emptied becomes free,
// flow 0.

/// Moves an object's voxels by `offset` voxels; what leaves the grid is lost, what is met is overwritten.
void shiftObject(Occupancy& prediction, const KnownObject& object, const Eigen::Vector3i& offset);
/// Empties an object.
void removeObject(Occupancy& prediction, const KnownObject& object);
/// Gives an object's voxels another class; their flow stays if that class moves.
void relabelObject(Occupancy& prediction, const KnownObject& object, std::uint8_t label);
/// Multiplies an object's flow by `scale` and turns it by `turn_rad`. Scale 0 leaves it without flow.
void changeFlow(Occupancy& prediction, const KnownObject& object, double scale, double turn_rad);
/// Empties all voxels of a class whose centre is further than `distance_m` from ego in the plane.
void removeBeyond(Occupancy& prediction, std::uint8_t label, double distance_m);
/// Makes voxels `from` to `to` where their centre is within `radius_m` of `center` (ego, m).
void relabelBall(Occupancy& prediction, std::uint8_t from, std::uint8_t to, const Eigen::Vector3d& center,
                 double radius_m);
/// Empties blocks of 2 x 2 x 2 voxels of a class with `probability` x min(1, distance / 40 m), decided by
/// `seed` and the place in the grid alone.
void erode(Occupancy& prediction, std::uint8_t label, double probability, std::uint64_t seed);
/// Sets `count` free voxels to `label`, drawn by `seed` and more often far from ego. Returns how many were
/// set, which is fewer only in a grid with next to no free voxel.
int addPhantoms(Occupancy& prediction, std::uint8_t label, int count, std::uint64_t seed);

/// All of it, growing with distance and with `severity` (0 leaves the truth, 1 is usual, 2 is a really bad
/// keyframe), decided by `seed`. README.txt of the data set lists what happens.
Occupancy spoil(const Occupancy& truth, std::span<const KnownObject> objects, double severity,
                std::uint64_t seed);

/// The severity of keyframe `index`: a slow wave with one really bad keyframe in seven.
double severityOf(int index, std::uint64_t seed);

/// What spoil() does, in sentences, for README.txt.
std::string_view spoilerDescription();

}  // namespace hbev::synth
