#include "core/data/predictions/lidar_tokens.h"

#include <cstring>
#include <simdjson.h>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/listing.h"
#include "core/io/mapped_file.h"

namespace hbev {

namespace {

constexpr std::string_view kPrefix = "lidar_token:";
constexpr std::uint64_t kMaxTableBytes = std::uint64_t(32) << 30;

/// The text of `key` in a flat object, or "".
std::string_view textOf(simdjson::ondemand::object& row, std::string_view key) {
  std::string_view text;
  return row[key].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

}  // namespace

std::string lidarTokenKey(std::string_view sample_data_token) {
  return fmt::format("{}{}", kPrefix, lowerCase(sample_data_token));
}

std::string_view lidarTokenOf(std::string_view key) {
  return key.starts_with(kPrefix) ? key.substr(kPrefix.size()) : std::string_view();
}

std::unordered_map<std::string, std::string> sensorFiles(const std::filesystem::path& sample_data_json,
                                                         const std::unordered_set<std::string>& tokens) {
  std::unordered_map<std::string, std::string> files;
  try {
    const MappedFile table(sample_data_json, kMaxTableBytes);
    const std::string_view text(reinterpret_cast<const char*>(table.bytes().data()), table.bytes().size());
    simdjson::ondemand::parser parser;
    std::string padded;
    // Row by row: the objects of this table hold no others.
    for (std::size_t begin = text.find('{'); begin != std::string_view::npos;) {
      const std::size_t end = text.find('}', begin);
      if (end == std::string_view::npos) break;
      padded.assign(text.substr(begin, end + 1 - begin));
      padded.append(simdjson::SIMDJSON_PADDING, ' ');
      simdjson::ondemand::document document;
      simdjson::ondemand::object row;
      const std::size_t length = end + 1 - begin;
      if (parser.iterate(padded.data(), length, padded.size()).get(document) == simdjson::SUCCESS &&
          document.get_object().get(row) == simdjson::SUCCESS) {
        const std::string token(textOf(row, "token"));
        if (tokens.contains(token)) {
          const std::string_view file = textOf(row, "filename");
          files.emplace(token, file.substr(file.find_last_of("/\\") + 1));
        }
      }
      if (files.size() == tokens.size()) break;
      begin = text.find('{', end);
    }
  } catch (const Error&) {
    return files;
  }
  return files;
}

}  // namespace hbev
