// The voxel or the ray under the pointer, over a viewport: ring, strokes, and the words beside it.
#include <algorithm>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

constexpr float kHoverRing = 11, kBesideRing = 8, kBeforeDetail = 16;

}  // namespace

ImVec2 Hud::Impl::tooltipSize(const HudContent& content) const {
  const ImVec2 spacing = ImGui::GetStyle().ItemSpacing;
  ImVec2 size{0, -spacing.y};
  const auto addLine = [&](float width, float height) {
    size.x = std::max(size.x, width);
    size.y += height + spacing.y;
  };
  for (std::size_t i = 0; i < content.tooltip.size(); ++i) {
    ImVec2 line = textSize(i == 0 ? bold : mono, content.tooltip[i]);
    if (i == 0 && content.tooltip_color) line.x += kSwatch + spacing.x;
    if (i == 0 && !content.tooltip_detail.empty())
      line.x += kBeforeDetail + textSize(mono, content.tooltip_detail).x;
    addLine(line.x, line.y);
  }
  for (const auto& line : content.tooltip_lines) {
    ImVec2 whole{0, 0};
    for (const HudText& part : line) {
      const ImVec2 piece = textSize(fontOf(part.font), part.text);
      whole = {whole.x + piece.x, std::max(whole.y, piece.y)};
    }
    addLine(whole.x, whole.y);
  }
  return size;
}

/// The first line with swatch and detail, the others, and those of several fonts.
void Hud::Impl::drawTooltip(const HudContent& content, const HudColors& colors) const {
  const auto write = [](ImFont* font, Rgb color, const std::string& words) {
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, packed(color));
    ImGui::TextUnformatted(words.c_str());
    ImGui::PopStyleColor();
    ImGui::PopFont();
  };
  const float end = ImGui::GetCursorPosX() + tooltipSize(content).x;
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
    ImGui::SameLine(0, kBeforeDetail);
    ImGui::SetCursorPosX(end - textSize(mono, content.tooltip_detail).x);
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
  const ImVec2 box = fitNextBox(tooltipSize(content));
  const float aside = kHoverRing + kBesideRing;
  const bool left = center.x + aside + box.x > width - kMargin;
  const bool above = center.y + kHoverRing + box.y > height - kMargin;
  ImGui::SetNextWindowPos({center.x + (left ? -aside : aside), center.y + (above ? -kHoverRing : kHoverRing)},
                          ImGuiCond_Always, {left ? 1.0F : 0.0F, above ? 1.0F : 0.0F});
  ImGui::Begin("hover", nullptr, kWindowFlags | ImGuiWindowFlags_NoInputs);
  drawTooltip(content, colors);
  ImGui::End();
}

}  // namespace hbev::ui
