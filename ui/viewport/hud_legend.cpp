// What colours mean, over a viewport: the ramp with its numbers, and the legend with its rows.
#include <algorithm>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

constexpr float kRampBar = 8, kRampSpread = 30;
constexpr float kShares = 12, kShareBar = 3;

std::string groupedCount(std::size_t value) {
  std::string text = std::to_string(value);
  for (std::ptrdiff_t at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3)
    text.insert(std::size_t(at), 1, ' ');
  return text;
}

}  // namespace

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
  list->AddText({at.x + kWidth - size.x, at.y + 1}, packed(colors.text2), ramp.detail.c_str());
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
  ImGui::PushFont(mono);
  const std::string count = groupedCount(row.count);
  const ImVec2 size = ImGui::CalcTextSize(count.c_str());
  list->AddText({at.x + width - size.x, middle - size.y / 2}, dim ? ink : packed(colors.text2),
                count.c_str());
  ImGui::PopFont();
  ImGui::PushFont(text);
  list->PushClipRect(at, {at.x + width - size.x - 4, at.y + kLegendRow}, true);
  list->AddText({at.x + kSwatch + 7, middle - ImGui::CalcTextSize("A").y / 2}, ink, row.name.c_str());
  list->PopClipRect();
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

}  // namespace hbev::ui
