// What the overlay draws in the corners: title, limits, cache, times of the network, axes, scale bar.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

constexpr float kStageWidth = 144, kStageRow = 13, kStageGap = 12, kRoomForStages = 360, kRoomForParts = 420;
constexpr const char* kStagesTitle = "Network";
constexpr float kScaleHeight = 14;

/// Where the next part may begin.
float belowTitle(const HudContent& content, float margin) {
  const float title_lines = 1.0F + float(!content.counts.empty()) + float(!content.timing.empty());
  return margin + 12 + 16 + (title_lines - 1) * 15 + 8;
}

}  // namespace

HudEvents Hud::Impl::drawAll(const HudContent& content, const HudColors& colors, float width, float height) {
  HudEvents events;
  boxes_left = kMargin + content.inset_left;
  width -= content.inset_right;
  const float title_right = drawTitle(content, colors);
  drawLimits(content, colors, width, title_right);
  drawCache(content, colors, width, height);
  drawStages(content, colors, width, height);
  if (content.view_rotation) drawAxes(*content.view_rotation, colors, height);
  drawScaleBar(content, colors, height);
  float top = belowTitle(content, kMargin);
  if (content.ramp) top += drawRamp(*content.ramp, colors, top) + kMargin;
  drawLegend(content, colors, top, events);
  if (content.measure) drawMeasure(*content.measure, colors, width, height);
  drawHover(content, colors, width, height);
  return events;
}

float Hud::Impl::drawTitle(const HudContent& content, const HudColors& colors) const {
  constexpr float kBadge = 14;
  const ImGuiStyle& style = ImGui::GetStyle();
  const float inner = std::max({textSize(mono, content.counts).x, textSize(mono, content.timing).x,
                                kBadge + style.ItemSpacing.x + textSize(bold, content.title).x});
  ImGui::SetNextWindowPos({boxes_left, kMargin});
  const float box =
      fitNextBox({inner, belowTitle(content, kMargin) - kMargin - 8 - 2 * style.WindowPadding.y}).x;
  ImGui::Begin("title", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  list->AddRectFilled(at, {at.x + kBadge, at.y + kBadge}, packed(colors.badge), 3);
  ImGui::PushFont(bold);
  const ImVec2 letter = ImGui::CalcTextSize(content.badge.c_str());
  list->AddText({at.x + (kBadge - letter.x) / 2, at.y + (kBadge - letter.y) / 2}, packed(colors.on_badge),
                content.badge.c_str());
  ImGui::Dummy({kBadge, kBadge});
  ImGui::SameLine();
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + (kBadge - letter.y) / 2);
  ImGui::TextUnformatted(content.title.c_str());
  ImGui::PopFont();
  ImGui::PushFont(mono);
  if (!content.counts.empty()) ImGui::TextUnformatted(content.counts.c_str());
  ImGui::PushStyleColor(ImGuiCol_Text, packed(colors.text2));
  if (!content.timing.empty()) ImGui::TextUnformatted(content.timing.c_str());
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::End();
  return boxes_left + box;
}

void Hud::Impl::drawLimits(const HudContent& content, const HudColors& colors, float width,
                           float title_right) const {
  if (content.limits.empty()) return;
  ImGui::PushFont(text);
  const auto lines = float(content.limits.size());
  float inner = 0;
  for (const std::string& line : content.limits)
    inner = std::max(inner, ImGui::CalcTextSize(line.c_str()).x);
  const float box =
      fitNextBox({inner, lines * ImGui::GetTextLineHeight() + (lines - 1) * ImGui::GetStyle().ItemSpacing.y})
          .x;
  // Below the title where there is no room beside it.
  const bool beside = title_right + kMargin <= width - kMargin - box;
  ImGui::SetNextWindowPos({width - kMargin, beside ? kMargin : belowTitle(content, kMargin)},
                          ImGuiCond_Always, {1, 0});
  ImGui::Begin("limits", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  ImGui::PushStyleColor(ImGuiCol_Text, packed(colors.text2));
  for (const std::string& line : content.limits)
    ImGui::TextUnformatted(line.c_str());
  ImGui::PopStyleColor();
  ImGui::End();
  ImGui::PopFont();
}

/// Gone where the scale bar would touch it.
void Hud::Impl::drawCache(const HudContent& content, const HudColors& colors, float width,
                          float height) const {
  if (content.cache.empty()) return;
  const ImVec2 size = textSize(mono, content.cache);
  if (width - size.x <= boxes_left + kAxes + 160) return;
  ImGui::SetNextWindowPos({width - kMargin, height - kMargin}, ImGuiCond_Always, {1, 1});
  fitNextBox(size);
  ImGui::Begin("cache", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  ImGui::PushFont(mono);
  ImGui::PushStyleColor(ImGuiCol_Text, packed(colors.text2));
  ImGui::TextUnformatted(content.cache.c_str());
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::End();
}

/// At the bottom right, above the cache: the total, and its parts where there is room.
void Hud::Impl::drawStages(const HudContent& content, const HudColors& colors, float width,
                           float height) const {
  if (content.stages_total.empty() || width - boxes_left < kRoomForStages - kMargin) return;
  const bool in_parts = height > kRoomForParts;
  const auto widthOf = [&](ImFont* font, const std::string& name, const std::string& value) {
    return textSize(font, name).x + kStageGap + textSize(mono, value).x;
  };
  float inner = std::max(kStageWidth, widthOf(bold, kStagesTitle, content.stages_total));
  if (in_parts) {
    for (const auto& [stage, time] : content.stages)
      inner = std::max(inner, widthOf(text, stage, time));
  }
  const float rows = in_parts ? 1 + float(content.stages.size()) : 1;
  fitNextBox({inner, rows * kStageRow + (rows - 1) * ImGui::GetStyle().ItemSpacing.y});
  ImGui::SetNextWindowPos({width - kMargin, height - kMargin - (content.cache.empty() ? 0 : 34)},
                          ImGuiCond_Always, {1, 1});
  ImGui::Begin("stages", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto line = [&](ImFont* font, const std::string& name, const std::string& value, Rgb name_color) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushFont(font);
    list->AddText(at, packed(name_color), name.c_str());
    ImGui::PopFont();
    ImGui::PushFont(mono);
    const float value_width = ImGui::CalcTextSize(value.c_str()).x;
    list->AddText({at.x + inner - value_width, at.y}, packed(colors.text), value.c_str());
    ImGui::PopFont();
    ImGui::Dummy({inner, kStageRow});
  };
  line(bold, kStagesTitle, content.stages_total, colors.text);
  if (in_parts) {
    for (const auto& [stage, time] : content.stages)
      line(text, stage, time, colors.text2);
  }
  ImGui::End();
}

void Hud::Impl::drawAxes(const Eigen::Matrix3f& view_rotation, const HudColors& colors, float height) const {
  ImDrawList* list = ImGui::GetBackgroundDrawList();
  const ImVec2 center{boxes_left + kAxes / 2, height - kMargin - kAxes / 2};
  list->AddCircleFilled(center, kAxes / 2, packed(colors.background, 0.85F), 48);
  list->AddCircle(center, kAxes / 2, packed(colors.border), 48);
  struct Axis {
    int index;
    float depth;
  };
  std::array<Axis, 3> axes{{{0, view_rotation(2, 0)}, {1, view_rotation(2, 1)}, {2, view_rotation(2, 2)}}};
  std::sort(axes.begin(), axes.end(),
            [](const Axis& a, const Axis& b) { return a.depth < b.depth; });  // far ones first
  constexpr std::array<Rgb, 3> kColors{{{0xF0, 0x69, 0x7A}, {0x4C, 0xC3, 0x8A}, {0x5B, 0x8D, 0xFF}}};
  constexpr std::array<const char*, 3> kNames{"x", "y", "z"};
  ImGui::PushFont(bold);
  for (const Axis& axis : axes) {
    const float x = view_rotation(0, axis.index), y = -view_rotation(1, axis.index);
    const ImVec2 tip{center.x + x * 16, center.y + y * 16};
    const Rgb color = kColors[std::size_t(axis.index)];
    list->AddLine(center, tip, packed(color), 1.75F);
    const ImVec2 size = ImGui::CalcTextSize(kNames[std::size_t(axis.index)]);
    list->AddText({center.x + x * 21 - size.x / 2, center.y + y * 21 - size.y / 2}, packed(color),
                  kNames[std::size_t(axis.index)]);
  }
  ImGui::PopFont();
}

void Hud::Impl::drawScaleBar(const HudContent& content, const HudColors& colors, float height) const {
  if (!(content.metres_per_pixel > 0)) return;
  // The roundest length that is 36 to 100 pixels long.
  float metres = 1;
  for (const float candidate : {0.5F, 1.0F, 2.0F, 5.0F, 10.0F, 20.0F, 50.0F}) {
    const float pixels = candidate / content.metres_per_pixel;
    if (pixels <= 100) metres = candidate;
  }
  const float length = metres / content.metres_per_pixel;
  if (length > 200) return;
  const std::string label = fmt::format("{} m", metres);
  ImGui::SetNextWindowPos({boxes_left + kAxes + 12, height - kMargin}, ImGuiCond_Always, {0, 1});
  const ImVec2 words = textSize(mono, label);
  fitNextBox({length + ImGui::GetStyle().ItemSpacing.x + words.x, std::max(kScaleHeight, words.y)});
  ImGui::Begin("scale", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImU32 color = packed(colors.text);
  const float middle = at.y + 7;
  list->AddLine({at.x, middle}, {at.x + length, middle}, color, 1.25F);
  list->AddLine({at.x, middle - 3}, {at.x, middle + 3}, color, 1.25F);
  list->AddLine({at.x + length, middle - 3}, {at.x + length, middle + 3}, color, 1.25F);
  ImGui::Dummy({length, kScaleHeight});
  ImGui::SameLine();
  ImGui::PushFont(mono);
  ImGui::TextUnformatted(label.c_str());
  ImGui::PopFont();
  ImGui::End();
}

}  // namespace hbev::ui
