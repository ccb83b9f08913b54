#include "core/data/dataset_index.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>

#include "core/base/error.h"
#include "core/data/large_vector.h"

namespace hbev {
namespace {

using Index = DatasetIndex;

void check(bool in_range) {
  if (!in_range) throw std::out_of_range("IndexParts: a link is out of range");
}

/// Appends words to a text and says where they are.
class TextWriter {
 public:
  explicit TextWriter(std::string text) : text_(std::move(text)) {}

  TextSpan add(std::string_view word) {
    if (text_.size() + word.size() > std::numeric_limits<std::uint32_t>::max())
      throw Error({"The texts of the data set are too long", {}, "4 GB at most", "more", {}});
    const TextSpan span{std::uint32_t(text_.size()), std::uint32_t(word.size())};
    text_ += word;
    return span;
  }
  std::vector<char> take() { return {text_.begin(), text_.end()}; }

 private:
  std::string text_;
};

/// Row numbers grouped by a key in [0, groups): the rows of group g are order[first[g]] to order[first[g +
/// 1]].
struct Groups {
  std::vector<std::uint32_t> first, order;
};

template <class KeyOf>
Groups groupRows(std::size_t rows, std::size_t groups, const KeyOf& keyOf) {
  Groups result{std::vector<std::uint32_t>(groups + 1), std::vector<std::uint32_t>(rows)};
  for (std::size_t i = 0; i < rows; ++i)
    ++result.first[keyOf(i) + 1];
  std::partial_sum(result.first.begin(), result.first.end(), result.first.begin());
  std::vector<std::uint32_t> next(result.first.begin(), result.first.end() - 1);
  for (std::size_t i = 0; i < rows; ++i)
    result.order[next[keyOf(i)]++] = std::uint32_t(i);
  return result;
}

/// The samples by scene and time. Returns where each of the parts' samples went.
std::vector<std::uint32_t> joinSamples(const IndexParts& parts, TextWriter& text,
                                       std::vector<Index::Scene>& scenes,
                                       std::vector<Index::Sample>& samples) {
  Groups groups = groupRows(parts.samples.size(), parts.scenes.size(), [&](std::size_t i) {
    check(parts.samples[i].scene < parts.scenes.size());
    return parts.samples[i].scene;
  });
  std::vector<std::uint32_t> place(parts.samples.size());
  for (std::uint32_t s = 0; s < parts.scenes.size(); ++s) {
    const IndexParts::Scene& from = parts.scenes[s];
    Index::Scene& scene = scenes.emplace_back();
    scene.token = text.add(from.token);
    scene.name = text.add(from.name);
    scene.description = text.add(from.description);
    scene.location = text.add(from.location);
    scene.first_sample = groups.first[s];
    scene.sample_count = groups.first[s + 1] - groups.first[s];
    // By time and not by the prev/next links, which hand-cut subsets lack.
    std::stable_sort(groups.order.begin() + groups.first[s], groups.order.begin() + groups.first[s + 1],
                     [&](std::uint32_t a, std::uint32_t b) {
                       return parts.samples[a].timestamp_us < parts.samples[b].timestamp_us;
                     });
  }
  for (const std::uint32_t row : groups.order) {
    place[row] = std::uint32_t(samples.size());
    Index::Sample& sample = samples.emplace_back();
    sample.timestamp_us = parts.samples[row].timestamp_us;
    sample.token = text.add(parts.samples[row].token);
    sample.readings.fill(kNoRow);
    sample.scene = parts.samples[row].scene;
  }
  return place;
}

/// The readings by scene, slot and time, linked with the scenes and the samples.
std::vector<Index::Reading> joinReadings(const IndexParts& parts, const std::vector<std::uint32_t>& place,
                                         std::vector<Index::Scene>& scenes,
                                         std::vector<Index::Sample>& samples) {
  Groups groups = groupRows(parts.readings.size(), scenes.size() * kSlotCount, [&](std::size_t i) {
    const IndexParts::Reading& row = parts.readings[i];
    check(row.sample < parts.samples.size() && row.slot < kSlotCount && row.pose < parts.poses.size() &&
          row.calibration < parts.calibrations.size() && row.file < parts.files.names().size());
    return parts.samples[row.sample].scene * kSlotCount + row.slot;
  });
  std::vector<Index::Reading> readings;
  resizeLarge(readings, parts.readings.size());
  tbb::parallel_for(std::size_t(0), scenes.size(), [&](std::size_t s) {
    for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
      const std::uint32_t begin = groups.first[s * kSlotCount + slot];
      const std::uint32_t end = groups.first[s * kSlotCount + slot + 1];
      scenes[s].first_reading[slot] = begin;
      scenes[s].first_reading[slot + 1] = end;
      // Whose row stands last in the table is the keyframe's, before anything is sorted.
      std::stable_sort(groups.order.begin() + begin, groups.order.begin() + end,
                       [&](std::uint32_t a, std::uint32_t b) {
                         return parts.readings[a].timestamp_us < parts.readings[b].timestamp_us;
                       });
      for (std::uint32_t at = begin; at < end; ++at) {
        const std::uint32_t from = groups.order[at];
        const IndexParts::Reading& row = parts.readings[from];
        const std::uint32_t sample = row.is_keyframe ? place[row.sample] : kNoRow;
        readings[at] = {row.timestamp_us, row.calibration, row.pose, row.file, sample, row.width, row.height};
        if (sample == kNoRow) continue;
        std::uint32_t& link = samples[sample].readings[slot];
        if (link == kNoRow || groups.order[link] < from) link = at;
      }
    }
  });
  return readings;
}

/// The boxes by sample, linked with the samples.
std::vector<Index::Box> joinBoxes(const IndexParts& parts, const std::vector<std::uint32_t>& place,
                                  std::vector<Index::Sample>& samples) {
  std::vector<std::uint32_t> first(samples.size() + 1);
  for (const std::vector<IndexParts::Box>& piece : parts.boxes) {
    for (const IndexParts::Box& row : piece) {
      check(row.sample < parts.samples.size() &&
            (row.box.category == kNoRow || row.box.category < parts.categories.size()));
      ++first[place[row.sample] + 1];
    }
  }
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<const Index::Box*> sources(first.back());
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (const std::vector<IndexParts::Box>& piece : parts.boxes) {
    for (const IndexParts::Box& row : piece)
      sources[next[place[row.sample]]++] = &row.box;
  }
  std::vector<Index::Box> boxes;
  resizeLarge(boxes, sources.size());
  tbb::parallel_for(std::size_t(0), samples.size(), [&](std::size_t i) {
    samples[i].first_box = first[i];
    samples[i].box_count = first[i + 1] - first[i];
    for (std::uint32_t at = first[i]; at < first[i + 1]; ++at)
      boxes[at] = *sources[at];
  });
  return boxes;
}

/// Which categories each scene has, by name.
std::vector<std::uint32_t> joinCategories(const std::vector<std::string>& categories,
                                          const std::vector<Index::Sample>& samples,
                                          const std::vector<Index::Box>& boxes,
                                          std::vector<Index::Scene>& scenes) {
  std::vector<std::uint32_t> by_name(categories.size()), result;
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::stable_sort(by_name.begin(), by_name.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return categories[a] < categories[b]; });
  for (Index::Scene& scene : scenes) {
    std::vector<bool> present(categories.size());
    for (std::uint32_t i = 0; i < scene.sample_count; ++i) {
      const Index::Sample& sample = samples[scene.first_sample + i];
      for (std::uint32_t b = 0; b < sample.box_count; ++b) {
        const std::uint32_t category = boxes[sample.first_box + b].category;
        if (category != kNoRow) present[category] = true;
      }
    }
    scene.first_category = std::uint32_t(result.size());
    for (const std::uint32_t category : by_name) {
      if (present[category]) result.push_back(category);
    }
    scene.category_count = std::uint32_t(result.size()) - scene.first_category;
  }
  return result;
}

}  // namespace

std::string DatasetIndex::fileName(const Reading& reading) const {
  return fullName(files[reading.file], {text.rows().data(), text.size()}, reading.timestamp_us);
}

std::vector<DatasetIssue> DatasetIndex::issueList() const {
  std::vector<DatasetIssue> list;
  for (const Issue& issue : issues)
    list.push_back({std::string(view(issue.what)), std::string(view(issue.consequence)), issue.count});
  return list;
}

DatasetIndex joinIndex(IndexParts parts) {
  DatasetIndex index;
  // File names come first, so that what points into their text still does.
  TextWriter text(parts.files.text());
  std::vector<Index::Scene> scenes;
  std::vector<Index::Sample> samples;
  scenes.reserve(parts.scenes.size());
  samples.reserve(parts.samples.size());
  const std::vector<std::uint32_t> place = joinSamples(parts, text, scenes, samples);
  std::vector<Index::Reading> readings;
  std::vector<Index::Box> boxes;
  // They fill different members of the samples.
  tbb::parallel_invoke(
      [&] {
        readings = joinReadings(parts, place, scenes, samples);
        std::vector<IndexParts::Reading>().swap(parts.readings);  // 2.5 million of them
      },
      [&] {
        boxes = joinBoxes(parts, place, samples);
        std::vector<std::vector<IndexParts::Box>>().swap(parts.boxes);
      });
  index.readings = std::move(readings);
  index.scene_categories = joinCategories(parts.categories, samples, boxes, scenes);
  std::vector<TextSpan> categories;
  for (const std::string& category : parts.categories)
    categories.push_back(text.add(category));
  std::vector<Index::Issue> issues;
  for (const DatasetIssue& issue : parts.issues)
    issues.push_back({text.add(issue.what), text.add(issue.consequence), issue.count});
  index.scenes = std::move(scenes);
  index.samples = std::move(samples);
  index.boxes = std::move(boxes);
  index.poses = std::move(parts.poses);
  index.calibrations = std::move(parts.calibrations);
  index.categories = std::move(categories);
  index.files = parts.files.names();
  index.issues = std::move(issues);
  index.text = text.take();
  return index;
}

bool DatasetIndex::isSound() const {
  const auto all = [](const auto& rows, const auto& holds) {
    return std::all_of(rows.begin(), rows.end(), holds);
  };
  const auto isText = [this](TextSpan span) { return std::uint64_t(span.begin) + span.size <= text.size(); };
  const auto isRange = [](std::uint64_t first, std::uint64_t count, std::size_t size) {
    return first + count <= size;
  };
  const auto isRow = [](std::uint32_t row, std::size_t size) { return row == kNoRow || row < size; };
  return all(scenes,
             [&](const Scene& row) {
               return isText(row.token) && isText(row.name) && isText(row.description) &&
                      isText(row.location) && isRange(row.first_sample, row.sample_count, samples.size()) &&
                      isRange(row.first_category, row.category_count, scene_categories.size()) &&
                      std::is_sorted(row.first_reading.begin(), row.first_reading.end()) &&
                      row.first_reading.back() <= readings.size();
             }) &&
         all(samples,
             [&](const Sample& row) {
               return isText(row.token) && row.scene < scenes.size() &&
                      isRange(row.first_box, row.box_count, boxes.size()) &&
                      all(row.readings,
                          [&](std::uint32_t reading) { return isRow(reading, readings.size()); });
             }) &&
         all(readings,
             [&](const Reading& row) {
               return row.calibration < calibrations.size() && row.pose < poses.size() &&
                      row.file < files.size() && isRow(row.sample, samples.size());
             }) &&
         all(boxes, [&](const Box& row) { return isRow(row.category, categories.size()); }) &&
         all(categories, isText) &&
         all(scene_categories, [&](std::uint32_t row) { return row < categories.size(); }) &&
         all(files,
             [&](const FileName& row) {
               return isText(row.text) && (row.stamp_at == FileName::kWhole || row.stamp_at <= row.text.size);
             }) &&
         all(issues, [&](const Issue& row) { return isText(row.what) && isText(row.consequence); });
}

}  // namespace hbev
