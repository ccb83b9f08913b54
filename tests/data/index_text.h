// All that an index holds as text, so that two can be compared and the difference read.
#pragma once

#include <string>

#include "core/data/dataset_index.h"

namespace hbev::test {

std::string indexText(const DatasetIndex& index);

}  // namespace hbev::test
