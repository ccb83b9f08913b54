#include "ui/viewport/hud.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QRawFont>
#include <backends/imgui_impl_opengl3.h>
#include <fontconfig/fontconfig.h>

#include "ui/viewport/hud_impl.h"

namespace hbev::ui {
namespace {

constexpr float kTextSize = 11, kMonoSize = 10.5F;

/// The file of the font that the system gives for `family`, or "" when it has none at all.
std::string fontFile(const char* family) {
  if (!FcInit()) return {};
  FcPattern* pattern = FcNameParse(reinterpret_cast<const FcChar8*>(family));
  FcConfigSubstitute(nullptr, pattern, FcMatchPattern);
  FcDefaultSubstitute(pattern);
  FcResult result = FcResultNoMatch;
  FcPattern* match = FcFontMatch(nullptr, pattern, &result);
  std::string file;
  FcChar8* name = nullptr;
  if (match && FcPatternGetString(match, FC_FILE, 0, &name) == FcResultMatch)
    file = reinterpret_cast<const char*>(name);
  if (match) FcPatternDestroy(match);
  FcPatternDestroy(pattern);
  return file;
}

/// Lines of a font are so many times as high as its size says; 1 when nobody knows.
float lineHeight(const std::string& file) {
  constexpr double kSize = 100;
  const QRawFont font(QString::fromStdString(file), kSize);
  return font.isValid() ? float((font.ascent() + font.descent()) / kSize) : 1.0F;
}

ImVec4 vector(Rgb color, float alpha = 1.0F) {
  return {float(color.r) / 255.0F, float(color.g) / 255.0F, float(color.b) / 255.0F, alpha};
}

}  // namespace

void Hud::Impl::loadFonts(float ratio) {
  pixel_ratio = ratio;
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  // Latin, the middle dot and dashes, arrows, and the thin space.
  static const ImWchar kRanges[] = {0x20,   0xFF,   0x2009, 0x2015, 0x2026, 0x2026,
                                    0x2190, 0x2193, 0x2212, 0x2212, 0};
  const auto load = [&](const std::string& file, float size, float weight) -> ImFont* {
    ImFontConfig config;
    config.RasterizerMultiply = weight;
    // What ImGui calls size is the height of a line.
    const float height = std::round(size * ratio * lineHeight(file));
    ImFont* font =
        file.empty() ? nullptr : io.Fonts->AddFontFromFileTTF(file.c_str(), height, &config, kRanges);
    return font ? font : io.Fonts->AddFontDefault();
  };
  const std::string regular = fontFile("Inter:style=Regular"), semibold = fontFile("Inter:style=Semi Bold");
  text = load(regular, kTextSize, 1.1F);
  // A variable font is one file for all weights, of which ImGui draws the regular one: heavier ink stands
  // in.
  bold = load(semibold, kTextSize, semibold == regular ? 1.5F : 1.1F);
  mono = load(fontFile("JetBrains Mono:style=Regular"), kMonoSize, 1.1F);
  io.FontGlobalScale = 1.0F / ratio;
}

void Hud::Impl::applyStyle(const HudColors& colors) const {
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowRounding = 4;
  style.WindowPadding = {8, 6};
  style.ItemSpacing = {6, 2};
  style.WindowBorderSize = 1;
  style.WindowMinSize = {16, 16};
  style.Colors[ImGuiCol_WindowBg] = vector(colors.background, colors.background_alpha);
  style.Colors[ImGuiCol_Border] = vector(colors.border);
  style.Colors[ImGuiCol_Text] = vector(colors.text);
}

ImVec2 Hud::Impl::textSize(ImFont* font, const std::string& words) {
  ImGui::PushFont(font);
  const ImVec2 size = ImGui::CalcTextSize(words.c_str());
  ImGui::PopFont();
  return size;
}

ImVec2 Hud::Impl::fitNextBox(ImVec2 inner) {
  const ImVec2 padding = ImGui::GetStyle().WindowPadding;
  const ImVec2 box{std::ceil(inner.x) + 2 * padding.x, std::ceil(inner.y) + 2 * padding.y};
  ImGui::SetNextWindowSize(box);
  return box;
}

void Hud::Impl::feedInput() {
  ImGuiIO& io = ImGui::GetIO();
  io.KeyAlt = alt;
  if (changes.empty()) return;
  io.MouseDown[changes.front().button] = changes.front().down;
  changes.pop_front();
}

Hud::Hud(float pixel_ratio) : impl_(std::make_unique<Impl>()) {
  ImGuiContext* before = ImGui::GetCurrentContext();
  impl_->context = ImGui::CreateContext();
  impl_->use();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().MousePos = {-1e6F, -1e6F};
  impl_->loadFonts(pixel_ratio);
  ImGui_ImplOpenGL3_Init("#version 330");
  if (before) ImGui::SetCurrentContext(before);
}

Hud::~Hud() {
  impl_->use();
  ImGui_ImplOpenGL3_Shutdown();
  ImGui::DestroyContext(impl_->context);
}

void Hud::moveMouse(float x, float y) {
  impl_->use();
  ImGui::GetIO().MousePos = {x, y};
}

void Hud::leaveMouse() {
  moveMouse(-1e6F, -1e6F);
}

void Hud::pressMouse(int button, bool down, bool alt) {
  impl_->alt = alt;
  impl_->changes.push_back({button, down});
}

void Hud::turnWheel(float steps) {
  impl_->use();
  ImGui::GetIO().MouseWheel += steps;
}

bool Hud::wantsMouse() const {
  impl_->use();
  return ImGui::GetIO().WantCaptureMouse;
}

bool Hud::needsFrame() const {
  return !impl_->changes.empty() || !impl_->settled;
}
void Hud::suggestLegend(bool expanded) {
  if (!impl_->legend_chosen) impl_->legend_expanded = expanded;
}

HudEvents Hud::draw(const HudContent& content, const HudColors& colors, int width, int height,
                    float pixel_ratio, double seconds_since_last) {
  impl_->use();
  if (pixel_ratio != impl_->pixel_ratio) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    impl_->loadFonts(pixel_ratio);
  }
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {float(width), float(height)};
  io.DisplayFramebufferScale = {pixel_ratio, pixel_ratio};
  io.DeltaTime = float(std::clamp(seconds_since_last, 1e-4, 1.0));
  impl_->settled = impl_->changes.empty();
  impl_->feedInput();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  impl_->applyStyle(colors);
  const HudEvents events = impl_->drawAll(content, colors, float(width), float(height));
  ImGui::Render();
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  return events;
}

}  // namespace hbev::ui
