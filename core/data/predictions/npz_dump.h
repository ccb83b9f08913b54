// Layouts of .npz files with the voxels of one keyframe each; what is different is where the token stands.
#pragma once

#include <functional>
#include <vector>

#include "core/data/predictions/format.h"
#include "core/io/npz.h"

namespace hbev {

/// A dump of .npz files. Semantics are looked for under all names that are in use (semantics, pred, arr_0,
/// sem_pred with occ_loc), flow under flow and flows; other members are left alone.
OpenedDump npzDump(std::vector<DumpEntry> entries);

/// True when one of up to eight of `files` can be opened and `fits`.
bool anyNpz(const std::vector<const ListedFile*>& files, const std::function<bool(const NpzReader&)>& fits);

/// The listing's files of this kind.
std::vector<const ListedFile*> filesWhere(const Listing& listing,
                                          const std::function<bool(const ListedFile&)>& condition);

}  // namespace hbev
