#include "render/ray_layer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace hbev {
namespace {

constexpr float kHiddenStrength = 0.3F;
/// Up to so many lines are drawn smooth. More are faint (see the callers), and steps cannot be seen in them.
constexpr std::size_t kSmoothLines = 3000;
/// Lines that stand for others are not stronger than this.
constexpr float kStrongestLine = 0.2F;

/// Another order, in which any first part is spread evenly over all: steps of the golden ratio.
template <class T>
void spread(std::vector<T>& items) {
  if (items.size() < 3) return;
  auto step = std::size_t(double(items.size()) * 0.6180339887);
  while (std::gcd(step, items.size()) != 1)
    ++step;
  std::vector<T> spread_items;
  spread_items.reserve(items.size());
  for (std::size_t i = 0, at = 0; i < items.size(); ++i, at = (at + step) % items.size())
    spread_items.push_back(items[at]);
  items = std::move(spread_items);
}

void fill(LineLayer& layer, const std::vector<RaySegment>& segments, float pixel_ratio, float towards_eye_m) {
  layer.clear();
  for (const RaySegment& segment : segments) {
    layer.add(segment.from, segment.to,
              {.color = segment.color,
               .opacity = segment.opacity,
               .width_px = segment.width_px * pixel_ratio,
               .towards_eye_m = towards_eye_m,
               .round_ends = false});
  }
}

}  // namespace

void RayLayer::set(RayBundle bundle) {
  bundle_ = std::move(bundle);
  // Lines and marks of the same rays stay together.
  spread(bundle_.lines);
  spread(bundle_.marks);
  spread(bundle_.points);
  uploaded_ratio_ = 0;
}

std::size_t RayLayer::strokes() const {
  return bundle_.points.size() + bundle_.lines.size() + 2 * bundle_.marks.size();
}

void RayLayer::upload(float pixel_ratio) {
  if (uploaded_ratio_ == pixel_ratio) return;
  uploaded_ratio_ = pixel_ratio;
  const bool few = bundle_.lines.size() <= kSmoothLines;
  fill(few_lines_, few ? bundle_.lines : std::vector<RaySegment>(), pixel_ratio, 0);
  many_lines_.set(few ? std::span<const RaySegment>() : bundle_.lines, pixel_ratio);
  fill(marks_, bundle_.marks, pixel_ratio, 0.06F);
  points_.setPoints(bundle_.points);
}

void RayLayer::draw(const SceneView& view, std::size_t first, std::size_t count) {
  upload(view.style().pixel_ratio);
  const std::size_t all = strokes(), start = std::min(first, all),
                    stop = start + std::min(count, all - start);
  std::size_t begin = 0;  // of each kind among all strokes
  const auto part = [&](std::size_t size, const auto& draw_part) {
    const std::size_t end = begin + size;
    const std::size_t from = std::clamp(start, begin, end), to = std::clamp(stop, begin, end);
    draw_part(from - begin, to - from);
    begin = end;
  };
  part(bundle_.points.size(), [&](std::size_t from, std::size_t many) { drawPoints(view, from, many); });
  part(bundle_.lines.size(), [&](std::size_t from, std::size_t many) { drawLines(view, 1, from, many); });
  for (const bool hidden : {true, false}) {
    part(bundle_.marks.size(),
         [&](std::size_t from, std::size_t many) { drawMarks(view, hidden, from, many); });
  }
}

void RayLayer::drawShare(const SceneView& view, double share) {
  upload(view.style().pixel_ratio);
  const auto part = [share](std::size_t size) {
    return std::min(size, std::size_t(std::ceil(share * double(size))));
  };
  drawPoints(view, 0, part(bundle_.points.size()));
  if (!bundle_.lines.empty()) {
    const float stronger = std::min(float(1.0 / share), kStrongestLine / bundle_.lines.front().opacity);
    drawLines(view, std::max(1.0F, stronger), 0, part(bundle_.lines.size()));
  }
  for (const bool hidden : {true, false})
    drawMarks(view, hidden, 0, part(bundle_.marks.size()));
}

void RayLayer::drawPoints(const SceneView& view, std::size_t first, std::size_t count) {
  if (count > 0) points_.draw(view, bundle_.point_size_px, bundle_.point_opacity, {first, count});
}

void RayLayer::drawLines(const SceneView& view, float strength, std::size_t first, std::size_t count) {
  if (count == 0) return;
  if (bundle_.lines.size() <= kSmoothLines) {
    few_lines_.draw(view, strength, first, count);
  } else {
    many_lines_.draw(view, strength, first, count);
  }
}

void RayLayer::drawMarks(const SceneView& view, bool hidden, std::size_t first, std::size_t count) {
  if (count == 0) return;
  if (hidden) glDisable(GL_DEPTH_TEST);
  marks_.draw(view, hidden ? kHiddenStrength : 1.0F, first, count);
  if (hidden) glEnable(GL_DEPTH_TEST);
}

}  // namespace hbev
