// What is in the index cache's file, apart from where that file lies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "core/data/dataset_index.h"

namespace hbev {

/// Tells the tables of one folder, as they are now, from all others.
using TablesKey = std::array<std::uint64_t, 2>;

struct TablesState {
  TablesKey key{};          ///< of names, sizes and times of all tables
  std::uint64_t bytes = 0;  ///< of all tables

  bool operator==(const TablesState&) const = default;
};
TablesState stateOfTables(const std::filesystem::path& folder);

/// The index in a cache's bytes (aligned to 16, kept alive by `owner`), which are not copied; nothing unless
/// they are whole and belong to these tables. Every byte is checked by checksum and every link by its range,
/// so that nothing in them can lead outside of them.
std::optional<DatasetIndex> indexOfCache(std::span<const std::byte> bytes,
                                         const std::shared_ptr<const void>& owner, const TablesKey& tables);

}  // namespace hbev
