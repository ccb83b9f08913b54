// Normals that make round things look round: averaged over the triangles that meet without a sharp edge.
#pragma once

#include <array>
#include <vector>

#include <Eigen/Core>

#include "core/synth/mesh.h"

namespace hbev::synth {

/// Unit normals at the three corners of each triangle. Triangles at an angle of more than 48 degrees keep
/// their edge; the winding of neighbours need not agree. The ground's triangles keep their own normal.
std::vector<std::array<Eigen::Vector3f, 3>> smoothNormals(const Mesh& mesh);

}  // namespace hbev::synth
