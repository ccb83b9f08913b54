// What the overlay draws: title, ramp, legend, limits, axes, scale bar, the voxel under the pointer.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

// Measures of the design guide, section 7, in logical pixels.
constexpr float kMargin = 8, kLegendWidth = 146, kLegendRow = 16, kSwatch = 9, kAxes = 52, kRing = 11;
constexpr float kRampBar = 8, kRampSpread = 30;
constexpr float kShares = 12, kShareBar = 3;
constexpr float kStagesWidth = 160, kRoomForStages = 360, kRoomForParts = 420;

constexpr ImGuiWindowFlags kWindowFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                          ImGuiWindowFlags_NoSavedSettings |
                                          ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav;

std::string grouped(std::size_t value) {
  std::string text = std::to_string(value);
  for (std::ptrdiff_t at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3)
    text.insert(std::size_t(at), 1, ' ');
  return text;
}

/// Where the next part may begin.
float belowTitle(const HudContent& content) {
  const float title_lines = 1.0F + float(!content.counts.empty()) + float(!content.timing.empty());
  return kMargin + 12 + 16 + (title_lines - 1) * 13 + 8;
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
  drawAxes(content, colors, height);
  drawScaleBar(content, colors, height);
  float top = belowTitle(content);
  if (content.ramp) top += drawRamp(*content.ramp, colors, top) + kMargin;
  drawLegend(content, colors, top, events);
  if (content.measure) drawMeasure(*content.measure, colors, width, height);
  drawHover(content, colors, width, height);
  return events;
}

float Hud::Impl::drawTitle(const HudContent& content, const HudColors& colors) const {
  constexpr float kBadge = 14;
  // Not ImGui's automatic size, which is that of the frame before: there may be no next frame.
  ImGui::PushFont(mono);
  float inner =
      std::max(ImGui::CalcTextSize(content.counts.c_str()).x, ImGui::CalcTextSize(content.timing.c_str()).x);
  ImGui::PopFont();
  ImGui::PushFont(bold);
  inner = std::max(inner,
                   kBadge + ImGui::GetStyle().ItemSpacing.x + ImGui::CalcTextSize(content.title.c_str()).x);
  ImGui::PopFont();
  ImGui::SetNextWindowPos({boxes_left, kMargin});
  const float box = std::ceil(inner) + 2 * ImGui::GetStyle().WindowPadding.x;
  ImGui::SetNextWindowSize({box, belowTitle(content) - kMargin - 8});
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

/// Title, spread and bar with its numbers, and a note. Returns the height.
float Hud::Impl::drawRamp(const HudRamp& ramp, const HudColors& colors, float top) const {
  constexpr float kWidth = kLegendWidth - 16;
  ImGui::PushFont(text);
  const float note_height =
      ramp.note.empty() ? 0 : ImGui::CalcTextSize(ramp.note.c_str(), nullptr, false, kWidth).y + 4;
  ImGui::PopFont();
  const float bar_height = ramp.colors.empty() ? 0 : kRampBar + 15 + (ramp.spread.empty() ? 4 : kRampSpread);
  const float height = 12 + kLegendRow + bar_height + note_height;
  ImGui::SetNextWindowPos({boxes_left, top});
  ImGui::SetNextWindowSize({kLegendWidth, height});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {6, 0});
  ImGui::Begin("ramp", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushFont(bold);
  list->AddText({at.x, at.y + 1}, packed(colors.text), ramp.title.c_str());
  ImGui::PopFont();
  ImGui::PushFont(mono);
  const ImVec2 size = ImGui::CalcTextSize(ramp.detail.c_str());
  list->AddText({at.x + kWidth - size.x, at.y + 2}, packed(colors.text2), ramp.detail.c_str());
  ImGui::PopFont();
  ImGui::Dummy({kWidth, kLegendRow});
  if (!ramp.colors.empty()) drawRampBar(ramp, colors);
  if (!ramp.note.empty()) {
    ImGui::PushFont(text);
    ImGui::PushStyleColor(ImGuiCol_Text, packed(colors.text2));
    ImGui::Dummy({1, 4});
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + kWidth);
    ImGui::TextUnformatted(ramp.note.c_str());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
    ImGui::PopFont();
  }
  ImGui::End();
  ImGui::PopStyleVar();
  return height;
}

/// The bar, the spread standing on it, and the numbers below.
void Hud::Impl::drawRampBar(const HudRamp& ramp, const HudColors& colors) const {
  constexpr float kWidth = kLegendWidth - 16;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float bar_top = at.y + (ramp.spread.empty() ? 4 : kRampSpread);
  const auto colorAt = [&](float share) {
    const auto last = ramp.colors.size() - 1;
    return ramp.colors[std::min(last, std::size_t(share * float(ramp.colors.size())))];
  };
  const float column = ramp.spread.empty() ? 0 : kWidth / float(ramp.spread.size());
  for (std::size_t i = 0; i < ramp.spread.size(); ++i) {
    const float left = at.x + float(i) * column;
    // What is there at all is seen.
    const float high = ramp.spread[i] > 0 ? std::max(1.0F, ramp.spread[i] * (kRampSpread - 6)) : 0;
    list->AddRectFilled({left, bar_top - 2 - high}, {left + column - 0.5F, bar_top - 2},
                        packed(colors.text3));
  }
  constexpr int kParts = 65;
  for (int i = 0; i < kParts; ++i) {
    list->AddRectFilled({at.x + kWidth * float(i) / kParts, bar_top},
                        {at.x + kWidth * float(i + 1) / kParts, bar_top + kRampBar},
                        packed(colorAt((float(i) + 0.5F) / kParts)));
  }
  list->AddRect({at.x, bar_top}, {at.x + kWidth, bar_top + kRampBar}, packed(colors.text, 0.18F));
  ImGui::PushFont(mono);
  for (const HudRamp::Tick& tick : ramp.ticks) {
    const float x = at.x + tick.share * kWidth;
    const float width = ImGui::CalcTextSize(tick.text.c_str()).x;
    list->AddText({std::clamp(x - width / 2, at.x, at.x + kWidth - width), bar_top + kRampBar + 2},
                  packed(colors.text2), tick.text.c_str());
  }
  ImGui::PopFont();
  ImGui::Dummy({kWidth, bar_top - at.y + kRampBar + 15});
}

/// The folding line; true when the rows shall be drawn.
bool Hud::Impl::drawLegendHeader(const HudContent& content, const HudColors& colors) const {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kLegendWidth - 16;
  const bool clicked = ImGui::InvisibleButton("fold", {legend_expanded ? width : 72.0F, kLegendRow});
  const ImU32 color = packed(ImGui::IsItemHovered() ? colors.text : colors.text2);
  const float middle = at.y + kLegendRow / 2;
  if (legend_expanded) {
    list->AddLine({at.x, middle - 2}, {at.x + 3, middle + 1}, color, 1.25F);
    list->AddLine({at.x + 3, middle + 1}, {at.x + 6, middle - 2}, color, 1.25F);
  } else {
    list->AddLine({at.x + 2, middle - 3}, {at.x + 5, middle}, color, 1.25F);
    list->AddLine({at.x + 5, middle}, {at.x + 2, middle + 3}, color, 1.25F);
  }
  ImGui::PushFont(bold);
  const float text_height = ImGui::CalcTextSize("A").y;
  list->AddText({at.x + 12, middle - text_height / 2}, packed(colors.text), content.legend_title.c_str());
  ImGui::PopFont();
  if (legend_expanded && !content.legend_detail.empty()) {
    ImGui::PushFont(mono);
    const ImVec2 size = ImGui::CalcTextSize(content.legend_detail.c_str());
    list->AddText({at.x + width - size.x, middle - size.y / 2}, packed(colors.text2),
                  content.legend_detail.c_str());
    ImGui::PopFont();
  }
  return clicked;
}

/// One bar of all rows' counts, in their colours.
void Hud::Impl::drawShares(const HudContent& content, const HudColors& colors) const {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kLegendWidth - 16, top = at.y + (kShares - kShareBar) / 2;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled({at.x, top}, {at.x + width, top + kShareBar}, packed(colors.border));
  std::size_t all = 0, before = 0;
  for (const HudLegendRow& row : content.legend)
    all += row.count;
  for (const HudLegendRow& row : content.legend) {
    const auto xOf = [&](std::size_t count) {
      return at.x + width * float(double(count) / double(std::max<std::size_t>(1, all)));
    };
    list->AddRectFilled({xOf(before), top}, {xOf(before + row.count), top + kShareBar},
                        packed(row.color, row.shown ? 1.0F : 0.35F));
    before += row.count;
  }
  ImGui::Dummy({width, kShares});
}

void Hud::Impl::drawLegendRow(const HudLegendRow& row, const HudColors& colors, HudEvents& events) const {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kLegendWidth - 16;
  const bool clicked = ImGui::InvisibleButton(row.name.c_str(), {width, kLegendRow}) && !row.id.empty();
  const bool hovered = ImGui::IsItemHovered() && !row.id.empty();
  if (hovered)
    list->AddRectFilled({at.x - 4, at.y}, {at.x + width + 4, at.y + kLegendRow}, packed(colors.text, 0.08F),
                        2);
  const float middle = at.y + kLegendRow / 2;
  const ImVec2 low{at.x, middle - kSwatch / 2}, high{at.x + kSwatch, middle + kSwatch / 2};
  const bool dim = !row.shown || row.count == 0;
  if (row.shown) {
    list->AddRectFilled(low, high, packed(row.color, row.count == 0 ? 0.45F : 1.0F), 2);
  }
  list->AddRect(low, high, packed(row.shown ? colors.text : row.color, row.shown ? 0.18F : 0.9F), 2);
  const ImU32 ink = packed(dim ? colors.text3 : colors.text);
  ImGui::PushFont(text);
  list->PushClipRect(at, {at.x + width - 34, at.y + kLegendRow}, true);
  list->AddText({at.x + kSwatch + 7, middle - ImGui::CalcTextSize("A").y / 2}, ink, row.name.c_str());
  list->PopClipRect();
  ImGui::PopFont();
  ImGui::PushFont(mono);
  const std::string count = grouped(row.count);
  const ImVec2 size = ImGui::CalcTextSize(count.c_str());
  list->AddText({at.x + width - size.x, middle - size.y / 2}, dim ? ink : packed(colors.text2),
                count.c_str());
  ImGui::PopFont();
  if (!clicked) return;
  if (alt) {
    events.soloed_class = row.id;
  } else {
    events.toggled_class = row.id;
  }
}

void Hud::Impl::drawLegend(const HudContent& content, const HudColors& colors, float top, HudEvents& events) {
  if (content.legend.empty()) return;
  const float shares = content.legend_shares ? kShares : 0;
  const float height = legend_expanded
                           ? 12 + kLegendRow + 2 + float(content.legend.size()) * kLegendRow + shares
                           : 12 + kLegendRow;
  // What does not fit above the axes is scrolled to.
  const float room = ImGui::GetIO().DisplaySize.y - top - kAxes - 2 * kMargin;
  ImGui::PushFont(bold);
  const float folded = std::max(88.0F, ImGui::CalcTextSize(content.legend_title.c_str()).x + 28);
  ImGui::PopFont();
  ImGui::SetNextWindowPos({boxes_left, top});
  ImGui::SetNextWindowSize(
      {legend_expanded ? kLegendWidth : folded, std::max(12 + kLegendRow, std::min(height, room))});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {6, 0});
  ImGui::Begin("legend", nullptr, kWindowFlags);
  if (drawLegendHeader(content, colors)) {
    legend_expanded = !legend_expanded;
    legend_chosen = true;
  }
  if (legend_expanded) {
    ImGui::Dummy({1, 2});
    for (const HudLegendRow& row : content.legend)
      drawLegendRow(row, colors, events);
    if (content.legend_shares) drawShares(content, colors);
  }
  ImGui::End();
  ImGui::PopStyleVar();
}

void Hud::Impl::drawLimits(const HudContent& content, const HudColors& colors, float width,
                           float title_right) const {
  if (content.limits.empty()) return;
  ImGui::PushFont(text);
  // Not ImGui's automatic size, which is that of the frame before: there may be no next frame.
  const ImGuiStyle& style = ImGui::GetStyle();
  const auto lines = float(content.limits.size());
  float inner = 0;
  for (const std::string& line : content.limits)
    inner = std::max(inner, ImGui::CalcTextSize(line.c_str()).x);
  const float box = std::ceil(inner) + 2 * style.WindowPadding.x;
  // Below the title where there is no room beside it.
  const bool beside = title_right + kMargin <= width - kMargin - box;
  ImGui::SetNextWindowPos({width - kMargin, beside ? kMargin : belowTitle(content)}, ImGuiCond_Always,
                          {1, 0});
  ImGui::SetNextWindowSize({box, lines * ImGui::GetTextLineHeight() + (lines - 1) * style.ItemSpacing.y +
                                     2 * style.WindowPadding.y});
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
  ImGui::PushFont(mono);
  if (width - ImGui::CalcTextSize(content.cache.c_str()).x > boxes_left + kAxes + 160) {
    ImGui::SetNextWindowPos({width - kMargin, height - kMargin}, ImGuiCond_Always, {1, 1});
    ImGui::Begin("cache", nullptr,
                 kWindowFlags | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoInputs);
    ImGui::PushStyleColor(ImGuiCol_Text, packed(colors.text2));
    ImGui::TextUnformatted(content.cache.c_str());
    ImGui::PopStyleColor();
    ImGui::End();
  }
  ImGui::PopFont();
}

/// At the bottom right, above the cache: the total, and its parts where there is room.
void Hud::Impl::drawStages(const HudContent& content, const HudColors& colors, float width,
                           float height) const {
  if (content.stages_total.empty() || width - boxes_left < kRoomForStages - kMargin) return;
  constexpr float kWidth = kStagesWidth - 16;
  ImGui::SetNextWindowPos({width - kMargin, height - kMargin - (content.cache.empty() ? 0 : 32)},
                          ImGuiCond_Always, {1, 1});
  ImGui::Begin("stages", nullptr,
               kWindowFlags | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoInputs);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto line = [&](ImFont* font, const std::string& name, const std::string& value, Rgb name_color) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushFont(font);
    list->AddText(at, packed(name_color), name.c_str());
    ImGui::PopFont();
    ImGui::PushFont(mono);
    const float value_width = ImGui::CalcTextSize(value.c_str()).x;
    list->AddText({at.x + kWidth - value_width, at.y}, packed(colors.text), value.c_str());
    ImGui::PopFont();
    ImGui::Dummy({kWidth, 13});
  };
  line(bold, "Network", content.stages_total, colors.text);
  if (height > kRoomForParts) {
    for (const auto& [stage, time] : content.stages)
      line(text, stage, time, colors.text2);
  }
  ImGui::End();
}

void Hud::Impl::drawAxes(const HudContent& content, const HudColors& colors, float height) const {
  ImDrawList* list = ImGui::GetBackgroundDrawList();
  const ImVec2 center{boxes_left + kAxes / 2, height - kMargin - kAxes / 2};
  list->AddCircleFilled(center, kAxes / 2, packed(colors.background, 0.85F), 48);
  list->AddCircle(center, kAxes / 2, packed(colors.border), 48);
  struct Axis {
    int index;
    float depth;
  };
  std::array<Axis, 3> axes{
      {{0, content.view_rotation(2, 0)}, {1, content.view_rotation(2, 1)}, {2, content.view_rotation(2, 2)}}};
  std::sort(axes.begin(), axes.end(),
            [](const Axis& a, const Axis& b) { return a.depth < b.depth; });  // far ones first
  constexpr std::array<Rgb, 3> kColors{{{0xF0, 0x69, 0x7A}, {0x4C, 0xC3, 0x8A}, {0x5B, 0x8D, 0xFF}}};
  constexpr std::array<const char*, 3> kNames{"x", "y", "z"};
  ImGui::PushFont(bold);
  for (const Axis& axis : axes) {
    const float x = content.view_rotation(0, axis.index), y = -content.view_rotation(1, axis.index);
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
  ImGui::Begin("scale", nullptr,
               kWindowFlags | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoInputs);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImU32 color = packed(colors.text);
  const float middle = at.y + 7;
  list->AddLine({at.x, middle}, {at.x + length, middle}, color, 1.25F);
  list->AddLine({at.x, middle - 3}, {at.x, middle + 3}, color, 1.25F);
  list->AddLine({at.x + length, middle - 3}, {at.x + length, middle + 3}, color, 1.25F);
  ImGui::Dummy({length, 14});
  ImGui::SameLine();
  ImGui::PushFont(mono);
  ImGui::TextUnformatted(label.c_str());
  ImGui::PopFont();
  ImGui::End();
}

/// The first line with swatch and detail, the others, and those of several fonts.
void Hud::Impl::drawTooltip(const HudContent& content, const HudColors& colors) const {
  const auto fontOf = [this](HudText::Font font) {
    return font == HudText::Font::Bold ? bold : font == HudText::Font::Mono ? mono : text;
  };
  const auto widthOf = [](ImFont* font, const std::string& words) {
    ImGui::PushFont(font);
    const float width = ImGui::CalcTextSize(words.c_str()).x;
    ImGui::PopFont();
    return width;
  };
  float widest = 0;
  for (const auto& line : content.tooltip_lines) {
    float width = 0;
    for (const HudText& part : line)
      width += widthOf(fontOf(part.font), part.text);
    widest = std::max(widest, width);
  }
  const auto write = [](ImFont* font, Rgb color, const std::string& words) {
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, packed(color));
    ImGui::TextUnformatted(words.c_str());
    ImGui::PopStyleColor();
    ImGui::PopFont();
  };
  const float begin = ImGui::GetCursorPosX();
  for (std::size_t i = 0; i < content.tooltip.size(); ++i) {
    if (i == 0 && content.tooltip_color) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + 2}, {at.x + kSwatch, at.y + 2 + kSwatch},
                                                packed(*content.tooltip_color), 2);
      ImGui::Dummy({kSwatch, kSwatch});
      ImGui::SameLine();
    }
    write(i == 0 ? bold : mono, i == 0 ? colors.text : colors.text2, content.tooltip[i]);
    if (i > 0 || content.tooltip_detail.empty()) continue;
    ImGui::SameLine(0, 16);
    ImGui::SetCursorPosX(
        std::max(ImGui::GetCursorPosX(), begin + widest - widthOf(mono, content.tooltip_detail)));
    write(mono, colors.text2, content.tooltip_detail);
  }
  for (const auto& line : content.tooltip_lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i > 0) ImGui::SameLine(0, 0);
      write(fontOf(line[i].font), line[i].font == HudText::Font::Text ? colors.text2 : colors.text,
            line[i].text);
    }
  }
}

void Hud::Impl::drawHover(const HudContent& content, const HudColors& colors, float width,
                          float height) const {
  ImDrawList* list = ImGui::GetBackgroundDrawList();
  for (const bool below : {true, false}) {
    for (const HudStroke& stroke : content.strokes) {
      list->AddLine({stroke.from.x(), stroke.from.y()}, {stroke.to.x(), stroke.to.y()},
                    below ? IM_COL32(13, 16, 19, 160) : packed(stroke.color),
                    stroke.width_px + (below ? 2.25F : 0.0F));
    }
  }
  if (!content.ring) return;
  const ImVec2 center{content.ring->x(), content.ring->y()};
  list->AddCircle(center, kRing, IM_COL32(13, 16, 19, 160), 32, 3.5F);
  list->AddCircle(center, kRing, IM_COL32(255, 255, 255, 255), 32, 1.5F);
  if (content.tooltip.empty()) return;
  // Beside the voxel and never on it: at the right, at the left where there is no room.
  const bool left = center.x > width - 220;
  const bool above = center.y > height - 80;
  ImGui::SetNextWindowPos({center.x + (left ? -kRing - 8 : kRing + 8), center.y + (above ? -kRing : kRing)},
                          ImGuiCond_Always, {left ? 1.0F : 0.0F, above ? 1.0F : 0.0F});
  ImGui::Begin("hover", nullptr,
               kWindowFlags | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoInputs);
  drawTooltip(content, colors);
  ImGui::End();
}

}  // namespace hbev::ui
