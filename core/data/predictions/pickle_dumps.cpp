// Predictions of many keyframes in one pickle. HBEVOcc's and STCOcc's tools/test.py --out x.pkl: a list of
// dictionaries with occ_results, flow_results and index, the keyframe's place in the data set sorted by time.
// ALOcc: openocc_results/<run>/<tta>/occ/occ.gz, a gzipped dictionary of volumes by token, and the flow the
// same in flow/flow.gz.
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/pickle_file.h"
#include "core/data/predictions/recognition.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

/// Networks leave the batch as a list of one.
PickleValue unwrapped(PickleValue value) {
  while (value.isSequence() && value.items().size() == 1)
    value = value.items().front();
  return value;
}

struct Record {
  PickleValue labels;
  PickleValue flow;  ///< None when there is none
};

/// A pickle and what is where in it.
struct Records {
  std::vector<std::shared_ptr<const Pickle>> pickles;
  std::vector<Record> records;
};

void checkRecord(const Record& record, const fs::path& file) {
  const PickleValue labels = unwrapped(record.labels);
  if (!labels.isArray()) {
    throw Error({file.filename().string() + " cannot be used",
                 file,
                 "an array of class numbers",
                 labels.description(),
                 {}});
  }
  checkLabels(labels.header(), GridSpec{}, file, "class numbers");
}

std::vector<std::uint8_t> labelsOf(const Record& record, const fs::path& file) {
  checkRecord(record, file);
  return denseLabels(unwrapped(record.labels).array(), GridSpec{}, file);
}

std::vector<float> flowOf(const Record& record, const fs::path& file) {
  const PickleValue flow = unwrapped(record.flow);
  if (!flow.isArray()) return {};
  return denseFlow(flow.array(), GridSpec{}, file);
}

OpenedDump dumpOf(std::vector<DumpEntry> entries, std::shared_ptr<const Records> records) {
  OpenedDump dump;
  dump.entries = std::move(entries);
  dump.check = [records](const DumpEntry& entry) {
    const Record& record = records->records[entry.record];
    checkRecord(record, entry.file);
    return EntryFacts{unwrapped(record.flow).isArray()};
  };
  dump.labels = [records](const DumpEntry& entry) {
    return labelsOf(records->records[entry.record], entry.file);
  };
  dump.read = [records](const DumpEntry& entry, const Keyframe&, const OpenOptions&) {
    const Record& record = records->records[entry.record];
    return StoredVoxels{{}, labelsOf(record, entry.file), flowOf(record, entry.file), {}};
  };
  return dump;
}

PickleValue valueOr(const PickleValue& dict, const char* key) {
  const PickleValue* value = dict.find(key);
  return value ? *value : PickleValue();
}

std::optional<OpenedDump> openResults(const ListedFile& file, PickleShelf& shelf) {
  const auto pickle = shelf.open(file.path);
  const PickleValue& root = pickle->root();
  if (!root.isSequence() || root.items().empty() || !root.items().front().find("occ_results"))
    return std::nullopt;
  auto records = std::make_shared<Records>();
  records->pickles.push_back(pickle);
  std::vector<DumpEntry> entries;
  for (const PickleValue& item : root.items()) {
    const PickleValue index = unwrapped(valueOr(item, "index"));
    const std::int64_t number = index.isNumber() ? index.integer() : std::int64_t(entries.size());
    entries.push_back({file.path,
                       {file.stem, fmt::format("{:06}", number)},
                       {timeOrderKey(number)},
                       entries.size(),
                       file.base(0)});
    records->records.push_back({valueOr(item, "occ_results"), valueOr(item, "flow_results")});
  }
  OpenedDump dump = dumpOf(std::move(entries), std::move(records));
  dump.notes.emplace_back(
      "Keyframes are counted in the order of time; that fits a data set with exactly as many keyframes.");
  return dump;
}

/// {token: volume}
bool isVolumes(const PickleValue& root) {
  if (!root.isDict() || root.entries().empty()) return false;
  const PickleEntry& first = root.entries().front();
  return first.key.isText() && unwrapped(first.value).isArray();
}

std::optional<OpenedDump> openVolumes(const ListedFile& file, PickleShelf& shelf) {
  const auto pickle = shelf.open(file.path);
  if (!isVolumes(pickle->root())) return std::nullopt;
  const PickleValue first = unwrapped(pickle->root().entries().front().value);
  if (!first.header().isNumber() || !denseShape(first.header(), GridSpec{})) return std::nullopt;
  auto records = std::make_shared<Records>();
  records->pickles.push_back(pickle);
  std::unordered_map<std::string, PickleValue> flows;
  std::error_code code;
  const fs::path flow_file = file.path.parent_path().parent_path() / "flow" / "flow.gz";
  if (file.stem == "occ" && fs::is_regular_file(flow_file, code)) {
    records->pickles.push_back(shelf.open(flow_file));
    const PickleValue& root = records->pickles.back()->root();
    if (root.isDict()) {
      for (const PickleEntry& entry : root.entries()) {
        if (entry.key.isText()) flows[std::string(entry.key.text())] = entry.value;
      }
    }
  }
  std::vector<DumpEntry> entries;
  for (const PickleEntry& entry : pickle->root().entries()) {
    if (!entry.key.isText()) continue;
    const std::string token(entry.key.text());
    entries.push_back({file.path, {file.stem, token}, {tokenKey(token)}, entries.size(), file.base(1)});
    const auto flow = flows.find(token);
    records->records.push_back({entry.value, flow == flows.end() ? PickleValue() : flow->second});
  }
  const bool with_flow = records->pickles.size() > 1;
  OpenedDump dump = dumpOf(std::move(entries), std::move(records));
  if (with_flow) dump.companions.push_back(flow_file);
  return dump;
}

template <class Open>
std::optional<OpenedDump> firstOf(const Listing& listing, const Open& open) {
  const auto files = filesWhere(listing, &mayBePickle);
  if (files.size() > kMostPickles) return std::nullopt;
  for (const ListedFile* file : files) {
    try {
      if (std::optional<OpenedDump> dump = open(*file, *listing.pickles)) return dump;
    } catch (const Error&) {
      continue;
    }
  }
  return std::nullopt;
}

}  // namespace

PredictionFormat resultsPickleFormat() {
  return {"HBEVOcc / STCOcc results", "<name>.pkl: a list of occ_results, flow_results and index", 70,
          [](const Listing& listing) { return firstOf(listing, &openResults); }};
}

PredictionFormat alOccFormat() {
  return {"ALOcc", "occ/occ.gz and flow/flow.gz: arrays by token", 70,
          [](const Listing& listing) { return firstOf(listing, &openVolumes); }};
}

}  // namespace hbev
