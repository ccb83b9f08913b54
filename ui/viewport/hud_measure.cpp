// A measured distance over a viewport: the line with its ends, and the length beside it.
#include <algorithm>
#include <cmath>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

constexpr ImU32 kDarkBelow = IM_COL32(13, 16, 19, 200);
constexpr float kEndRadius = 3.5F, kLabelGap = 10, kFromBorder = 8;
constexpr float kLabelPaddingX = 7, kLabelPaddingY = 4;

}  // namespace

void Hud::Impl::drawMeasure(const HudMeasure& measure, const HudColors& colors, float width,
                            float height) const {
  ImDrawList* list = ImGui::GetBackgroundDrawList();
  if (measure.line) {
    const ImVec2 from{measure.line->from.x(), measure.line->from.y()},
        to{measure.line->to.x(), measure.line->to.y()};
    list->AddLine(from, to, kDarkBelow, measure.line->width_px + 2.25F);
    list->AddLine(from, to, packed(measure.line->color), measure.line->width_px);
  }
  for (const Eigen::Vector2f& end : measure.ends) {
    list->AddCircleFilled({end.x(), end.y()}, kEndRadius + 1.25F, kDarkBelow, 20);
    list->AddCircleFilled({end.x(), end.y()}, kEndRadius, IM_COL32(255, 255, 255, 255), 20);
  }
  if (!measure.line || measure.length.empty()) return;

  const ImVec2 length = textSize(bold, measure.length), parts = textSize(mono, measure.parts);
  const Eigen::Vector2f half((std::max(length.x, parts.x) + 2 * kLabelPaddingX) / 2,
                             (length.y + 2 + parts.y + 2 * kLabelPaddingY) / 2);
  // Beside the middle of what is seen of the line, above it or at its right, and wholly in the picture.
  const Eigen::Array2f least = half.array() + kFromBorder,
                       most = (Eigen::Array2f(width, height) - half.array() - kFromBorder).max(least);
  const auto inPicture = [&](const Eigen::Vector2f& point) -> Eigen::Vector2f {
    return point.array().max(0).min(Eigen::Array2f(width, height)).matrix();
  };
  const Eigen::Vector2f way = measure.line->to - measure.line->from;
  Eigen::Vector2f aside(way.y(), -way.x());
  aside = aside.norm() > 0.5F ? Eigen::Vector2f(aside.normalized()) : Eigen::Vector2f(0, -1);
  if (aside.y() > 0.05F || (std::abs(aside.y()) <= 0.05F && aside.x() < 0)) aside = -aside;
  const float reach = std::abs(aside.x()) * half.x() + std::abs(aside.y()) * half.y() + kLabelGap;
  const Eigen::Vector2f middle = 0.5F * (inPicture(measure.line->from) + inPicture(measure.line->to));
  const Eigen::Vector2f center = (middle + reach * aside).array().max(least).min(most).matrix();

  const ImVec2 low{center.x() - half.x(), center.y() - half.y()},
      high{center.x() + half.x(), center.y() + half.y()};
  list->AddRectFilled(low, high, packed(colors.background, colors.background_alpha), 4);
  list->AddRect(low, high, packed(colors.border), 4);
  ImGui::PushFont(bold);
  list->AddText({low.x + kLabelPaddingX, low.y + kLabelPaddingY}, packed(colors.text),
                measure.length.c_str());
  ImGui::PopFont();
  ImGui::PushFont(mono);
  list->AddText({low.x + kLabelPaddingX, low.y + kLabelPaddingY + length.y + 2}, packed(colors.text2),
                measure.parts.c_str());
  ImGui::PopFont();
}

}  // namespace hbev::ui
