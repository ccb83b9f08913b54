// Memory of large tensors is used again instead of being given back to the system, which would hand out new
// pages, cleared one by one: a third of a forward pass's time.
#pragma once

namespace hbev {

/// While at least one of these lives, freed tensors of a megabyte and more are kept for the next ones (of the
/// processor's memory, in this process). With the last one what is kept goes back to the system.
class MemoryReuse {
 public:
  MemoryReuse();
  ~MemoryReuse();
  MemoryReuse(const MemoryReuse&) = delete;
  MemoryReuse& operator=(const MemoryReuse&) = delete;
};

}  // namespace hbev
