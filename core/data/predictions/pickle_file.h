// Pickled predictions, gzipped or not, opened so that gigabytes of arrays need no memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/data/predictions/listing.h"
#include "core/io/pickle.h"

namespace hbev {

/// Opens by the restricted reader. Gzipped files that unpack to more than half a gigabyte are unpacked once
/// into the user's cache folder (named by path, size and time; an older one of the same path is removed), and
/// mapped from there. Throws Error, Cancelled.
std::shared_ptr<const Pickle> openPickleFile(const std::filesystem::path& file, Progress* progress = nullptr);

/// True for files that may be pickled predictions of many keyframes: .pkl, .pickle, .gz, and not data sets'
/// infos.
bool mayBePickle(const ListedFile& file);

}  // namespace hbev
