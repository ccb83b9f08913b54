// The voxel or the ray under the pointer, over a viewport: ring, strokes, and the words beside it.
#include <algorithm>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

constexpr float kHoverRing = 11;

}  // namespace

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
  list->AddCircle(center, kHoverRing, IM_COL32(13, 16, 19, 160), 32, 3.5F);
  list->AddCircle(center, kHoverRing, IM_COL32(255, 255, 255, 255), 32, 1.5F);
  if (content.tooltip.empty()) return;
  // Beside the voxel and never on it: at the right, at the left where there is no room.
  const bool left = center.x > width - 264;
  const bool above = center.y > height - 80;
  ImGui::SetNextWindowPos(
      {center.x + (left ? -kHoverRing - 8 : kHoverRing + 8), center.y + (above ? -kHoverRing : kHoverRing)},
      ImGuiCond_Always, {left ? 1.0F : 0.0F, above ? 1.0F : 0.0F});
  ImGui::Begin("hover", nullptr,
               kWindowFlags | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoInputs);
  drawTooltip(content, colors);
  ImGui::End();
}

}  // namespace hbev::ui
