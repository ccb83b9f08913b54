// JSON as text, also where names of files are no UTF-8.
#pragma once

#include <string>

namespace hbev {

/// `json` (nlohmann's) in lines, or in one line with `indent` -1. Bytes that are no UTF-8 become U+FFFD.
template <class Json>
std::string dumped(const Json& json, int indent = 2) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hbev
