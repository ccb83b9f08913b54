// The overlay's ImGui context, fonts and input, shared by the files that draw it. Internal to hud.
#pragma once

#include <deque>
#include <imgui.h>

#include "ui/viewport/hud.h"

namespace hbev::ui {

inline ImU32 packed(Rgb color, float alpha = 1.0F) {
  return IM_COL32(color.r, color.g, color.b, int(alpha * 255.0F + 0.5F));
}

struct Hud::Impl {
  // Measures of the design guide, section 7, in logical pixels.
  static constexpr float kMargin = 8, kLegendWidth = 146, kLegendRow = 16, kSwatch = 9, kAxes = 52;
  static constexpr ImGuiWindowFlags kWindowFlags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav;

  struct ButtonChange {
    int button;
    bool down;
  };

  ImGuiContext* context = nullptr;
  ImFont* text = nullptr;
  ImFont* bold = nullptr;
  ImFont* mono = nullptr;
  float pixel_ratio = 1;
  std::deque<ButtonChange> changes;
  bool alt = false;
  bool legend_expanded = true;
  bool legend_chosen = false;  ///< somebody folded or unfolded it
  bool settled = false;
  float boxes_left = 0;  ///< where the boxes at the left begin

  void use() const { ImGui::SetCurrentContext(context); }

  static ImVec2 textSize(ImFont* font, const std::string& words);
  /// Makes the next box so large that `inner` fits, and returns its size. Not ImGui's automatic size, which
  /// is that of the frame before, with what is new hidden until then: there may be no next frame.
  static ImVec2 fitNextBox(ImVec2 inner);

  void loadFonts(float ratio);
  void applyStyle(const HudColors& colors) const;
  void feedInput();

  /// Everything, in the frame that ImGui has begun.
  HudEvents drawAll(const HudContent& content, const HudColors& colors, float width, float height);
  /// Returns where it ends at the right.
  float drawTitle(const HudContent& content, const HudColors& colors) const;
  float drawRamp(const HudRamp& ramp, const HudColors& colors, float top) const;
  void drawRampBar(const HudRamp& ramp, const HudColors& colors) const;
  void drawLegend(const HudContent& content, const HudColors& colors, float top, HudEvents& events);
  void drawShares(const HudContent& content, const HudColors& colors) const;
  bool drawLegendHeader(const HudContent& content, const HudColors& colors) const;
  void drawLegendRow(const HudLegendRow& row, const HudColors& colors, HudEvents& events) const;
  void drawLimits(const HudContent& content, const HudColors& colors, float width, float title_right) const;
  void drawCache(const HudContent& content, const HudColors& colors, float width, float height) const;
  void drawStages(const HudContent& content, const HudColors& colors, float width, float height) const;
  void drawAxes(const Eigen::Matrix3f& view_rotation, const HudColors& colors, float height) const;
  void drawScaleBar(const HudContent& content, const HudColors& colors, float height) const;
  ImFont* fontOf(HudText::Font font) const {
    return font == HudText::Font::Bold ? bold : font == HudText::Font::Mono ? mono : text;
  }
  ImVec2 tooltipSize(const HudContent& content) const;
  void drawTooltip(const HudContent& content, const HudColors& colors) const;
  void drawMeasure(const HudMeasure& measure, const HudColors& colors, float width, float height) const;
  void drawHover(const HudContent& content, const HudColors& colors, float width, float height) const;
};

}  // namespace hbev::ui
