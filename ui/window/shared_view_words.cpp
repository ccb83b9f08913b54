// The words of a shared view: each has a key, a text for what is shown, and the way back.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/eval/ray_ends.h"
#include "core/geometry/grid.h"
#include "ui/state/region.h"
#include "ui/state/text.h"
#include "ui/window/session_link.h"
#include "ui/window/shared_view.h"

namespace hbev::ui {
namespace {

constexpr std::array<const char*, kLayerCount> kLayerWords{"voxels", "edges", "flow", "lidar",
                                                           "boxes",  "rings", "car",  "axes"};
constexpr std::array<const char*, 5> kOverlayWords{"none", "voxels", "lidar", "boxes", "depth"};
constexpr std::array<const char*, 3> kRayWords{"lines", "ends", "bars"};
constexpr std::array<const char*, 3> kArrowWords{"own", "truth", "difference"};
const QString kOnWord = QStringLiteral("on"), kOffWord = QStringLiteral("off"),
              kAllWord = QStringLiteral("all"), kNoneWord = QStringLiteral("none");

QString asWord(std::string_view name) {
  return toQString(name).toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
}

template <class Names>
std::optional<std::size_t> indexOfWord(const Names& names, const QString& word) {
  const auto found =
      std::ranges::find_if(names, [&](const char* name) { return word == QLatin1String(name); });
  return found == names.end() ? std::nullopt : std::optional(std::size_t(found - names.begin()));
}

QString numberWord(double value) {
  return QString::number(value, 'g', 4);
}

/// "1,2,3" as that many finite numbers, or nothing.
std::vector<double> numbersOf(const QString& text, std::size_t count) {
  std::vector<double> numbers;
  for (const QString& part : text.split(QLatin1Char(','))) {
    bool is_number = false;
    const double value = part.toDouble(&is_number);
    if (!is_number || !(std::abs(value) <= 1000)) return {};
    numbers.push_back(value);
  }
  if (numbers.size() != count) numbers.clear();
  return numbers;
}

/// The same for whole numbers.
std::vector<int> integersOf(const QString& text, std::size_t count) {
  std::vector<int> numbers;
  for (const double value : numbersOf(text, count)) {
    if (value != std::floor(value)) return {};
    numbers.push_back(int(value));
  }
  return numbers;
}

QString numbersWord(std::initializer_list<double> numbers) {
  QStringList words;
  for (const double number : numbers)
    words << numberWord(number);
  return words.join(QLatin1Char(','));
}

/// "voxels:0.5", or "voxels" when all of it is as usual.
QString withOpacity(const char* name, double opacity, double usual) {
  return QLatin1String(name) + (opacity == usual ? QString() : QLatin1Char(':') + numberWord(opacity));
}

/// The number after the colon, within 0 and 1; `usual` without one, nothing when it is no number.
std::optional<double> opacityOf(const QString& word, double usual) {
  const qsizetype colon = word.indexOf(QLatin1Char(':'));
  if (colon < 0) return usual;
  const auto numbers = numbersOf(word.mid(colon + 1), 1);
  return numbers.empty() ? std::nullopt : std::optional(std::clamp(numbers[0], 0.0, 1.0));
}

bool isClassId(const QString& id) {
  const std::string text = id.toStdString();
  return ClassSet::openocc().findLabel(text) || ClassSet::occ3d().findLabel(text);
}

/// Ids with commas between; nothing when one is no class.
std::optional<QStringList> classIdsOf(const QString& text) {
  QStringList ids = text.split(QLatin1Char(','));
  if (text.isEmpty()) ids.clear();
  return std::ranges::all_of(ids, isClassId) ? std::optional(ids) : std::nullopt;
}

QString sortedWords(QStringList words) {
  words.sort();
  return words.join(QLatin1Char(','));
}

// --- one pair of functions a word: what is shown as text, and back. False: the text means nothing here.

QString coloringWord(const SharedView& shared, Side side) {
  return asWord(coloringName(shared.view.coloring[std::size_t(side)]));
}
bool readColoring(SharedView& shared, Side side, const QString& text) {
  for (const Coloring coloring : kColorings) {
    if (asWord(coloringName(coloring)) != text) continue;
    shared.view.coloring[std::size_t(side)] = coloring;
    return true;
  }
  return false;
}

QString paletteWord(const SharedView& shared) {
  return asWord(paletteName(shared.view.palette));
}
bool readPalette(SharedView& shared, const QString& text) {
  for (const Palette palette : kPalettes) {
    if (asWord(paletteName(palette)) != text) continue;
    shared.view.palette = palette;
    return true;
  }
  return false;
}

QString layersWord(const SharedView& shared) {
  const ViewSettings usual;
  QStringList words;
  for (std::size_t i = 0; i < kLayerWords.size(); ++i) {
    const LayerState& layer = shared.view.layers[i];
    if (layer.shown) words << withOpacity(kLayerWords[i], layer.opacity, usual.layers[i].opacity);
  }
  return words.isEmpty() ? kNoneWord : words.join(QLatin1Char(','));
}
bool readLayers(SharedView& shared, const QString& text) {
  auto layers = ViewSettings().layers;
  for (LayerState& layer : layers)
    layer.shown = false;
  for (const QString& word : text.split(QLatin1Char(','))) {
    if (text == kNoneWord) break;
    const auto index = indexOfWord(kLayerWords, word.section(QLatin1Char(':'), 0, 0));
    if (!index) return false;
    const auto opacity = opacityOf(word, layers[*index].opacity);
    if (!opacity) return false;
    layers[*index] = {true, *opacity};
  }
  shared.view.layers = layers;
  return true;
}

QString hiddenWord(const SharedView& shared) {
  return sortedWords(shared.view.hidden_classes.values());
}
bool readHidden(SharedView& shared, const QString& text) {
  const auto ids = classIdsOf(text);
  if (ids) shared.view.hidden_classes = QSet<QString>(ids->begin(), ids->end());
  return ids.has_value();
}

QString heightWord(const SharedView& shared) {
  const auto [begin, end] = sliceLimits(shared.view.region);
  return shared.view.region.slice ? numbersWord({double(begin), double(end)}) : kAllWord;
}
bool readHeight(SharedView& shared, const QString& text) {
  const auto limits = text == kAllWord ? std::vector<double>{0, kGridLayers} : numbersOf(text, 2);
  if (limits.empty()) return false;
  setSlice(shared.view.region, int(std::lround(limits[0])), int(std::lround(limits[1])));
  return true;
}

QString clipWord(const SharedView& shared) {
  const BoxLimits box = boxLimits(shared.view.region);
  return shared.view.region.box ? numbersWord({box.x_min_m, box.x_max_m, box.y_min_m, box.y_max_m})
                                : kAllWord;
}
bool readClip(SharedView& shared, const QString& text) {
  const auto limits = numbersOf(text, 4);
  if (limits.empty() && text != kAllWord) return false;
  setBox(shared.view.region,
         limits.empty() ? BoxLimits{} : BoxLimits{limits[0], limits[1], limits[2], limits[3]});
  return true;
}

QString rangeWord(const SharedView& shared) {
  const auto [near_m, far_m] = rangeLimits(shared.view.region);
  return shared.view.region.range ? numbersWord({double(near_m), double(far_m)}) : kAllWord;
}
bool readRange(SharedView& shared, const QString& text) {
  const auto limits = text == kAllWord ? std::vector<double>{0, kFarthestVoxel_m} : numbersOf(text, 2);
  if (limits.empty()) return false;
  setRange(shared.view.region, int(std::lround(limits[0])), int(std::lround(limits[1])));
  return true;
}

QString overlayWord(const SharedView& shared) {
  return withOpacity(kOverlayWords[std::size_t(shared.view.overlay)], shared.view.overlay_opacity,
                     ViewSettings().overlay_opacity);
}
bool readOverlay(SharedView& shared, const QString& text) {
  const auto index = indexOfWord(kOverlayWords, text.section(QLatin1Char(':'), 0, 0));
  const auto opacity = opacityOf(text, ViewSettings().overlay_opacity);
  if (!index || !opacity) return false;
  shared.view.overlay = OverlayKind(*index);
  shared.view.overlay_opacity = *opacity;
  return true;
}

bool readSwitch(bool& value, const QString& text) {
  if (text != kOnWord && text != kOffWord) return false;
  value = text == kOnWord;
  return true;
}

QString cameraBWord(const SharedView& shared) {
  return shared.camera_b ? cameraText(*shared.camera_b) : QStringLiteral("linked");
}
bool readCameraB(SharedView& shared, const QString& text) {
  shared.camera_b = parseCamera(text);
  shared.view.linked = !shared.camera_b;
  return shared.camera_b || text == QLatin1String("linked");
}

QString viewportsWord(const SharedView& shared) {
  if (shared.swipe) return QStringLiteral("swipe:") + numberWord(*shared.swipe);
  if (!shared.alone) return QStringLiteral("both");
  return shared.alone == Side::A ? QStringLiteral("a") : QStringLiteral("b");
}
bool readViewports(SharedView& shared, const QString& text) {
  shared.alone.reset();
  shared.swipe.reset();
  if (text == QLatin1String("a") || text == QLatin1String("b")) {
    shared.alone = text == QLatin1String("a") ? Side::A : Side::B;
  } else if (text.section(QLatin1Char(':'), 0, 0) == QLatin1String("swipe")) {
    shared.swipe = opacityOf(text, 0.5);
    return shared.swipe.has_value();
  } else {
    return text == QLatin1String("both");
  }
  return true;
}

QString raysWord(const SharedView& shared) {
  return shared.rays ? QString::fromLatin1(kRayWords[std::size_t(shared.ray_style)]) : kOffWord;
}
bool readRays(SharedView& shared, const QString& text) {
  const auto style = indexOfWord(kRayWords, text);
  shared.rays = style.has_value();
  if (style) shared.ray_style = RayStyle(*style);
  return style || text == kOffWord;
}

QString originWord(const SharedView& shared) {
  if (!shared.origin) return QStringLiteral("car");
  return *shared.origin < 0 ? kAllWord : QString::number(*shared.origin + 1);
}
bool readOrigin(SharedView& shared, const QString& text) {
  const auto number = numbersOf(text, 1);
  shared.origin.reset();
  if (text == kAllWord) shared.origin = -1;
  if (!number.empty() && number[0] >= 1) shared.origin = int(number[0]) - 1;
  return shared.origin || text == QLatin1String("car");
}

QString withinWord(const SharedView& shared) {
  return numberWord(kRayThresholds_m[shared.threshold]);
}
bool readWithin(SharedView& shared, const QString& text) {
  for (std::size_t i = 0; i < kRayThresholds_m.size(); ++i) {
    if (numberWord(kRayThresholds_m[i]) != text) continue;
    shared.threshold = i;
    return true;
  }
  return false;
}

QString arrowsWord(const SharedView& shared) {
  return QString::fromLatin1(kArrowWords[std::size_t(shared.arrows)]);
}
bool readArrows(SharedView& shared, const QString& text) {
  const auto index = indexOfWord(kArrowWords, text);
  if (index) shared.arrows = FlowView(*index);
  return index.has_value();
}

bool readErrorsOf(SharedView& shared, const QString& text) {
  const auto ids = classIdsOf(text);
  if (ids) shared.errors_of = *ids;
  return ids.has_value();
}

bool readMistaken(SharedView& shared, const QString& text) {
  const auto ids = classIdsOf(text);
  if (!ids || (ids->size() != 2 && !ids->isEmpty())) return false;
  shared.mistaken = *ids;
  return true;
}

QString errorRangeWord(const SharedView& shared) {
  return shared.error_range ? QString::number(*shared.error_range + 1) : kAllWord;
}
bool readErrorRange(SharedView& shared, const QString& text) {
  bool is_number = false;
  const int band = text.toInt(&is_number);
  shared.error_range.reset();
  if (is_number && band >= 1 && band <= int(kRangeBands)) shared.error_range = band - 1;
  return shared.error_range || text == kAllWord;
}

QString hiddenOutcomesWord(const SharedView& shared) {
  QStringList words;
  for (const RayOutcome outcome : shared.hidden_outcomes)
    words << asWord(rayOutcomeName(outcome));
  return sortedWords(words);
}
bool readHiddenOutcomes(SharedView& shared, const QString& text) {
  std::set<RayOutcome> hidden;
  for (const QString& word : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
    int outcome = 0;
    while (outcome < kRayOutcomes && asWord(rayOutcomeName(RayOutcome(outcome))) != word)
      ++outcome;
    if (outcome == kRayOutcomes) return false;
    hidden.insert(RayOutcome(outcome));
  }
  shared.hidden_outcomes = hidden;
  return true;
}

QString sweepWord(const SharedView& shared) {
  return QString::number(shared.sweep);
}
/// Whether the scene has that many is known once it is open.
bool readSweep(SharedView& shared, const QString& text) {
  const auto number = integersOf(text, 1);
  if (!number.empty()) shared.sweep = number[0];
  return !number.empty();
}

QString voxelWord(const SharedView& shared) {
  if (!shared.voxel) return kNoneWord;
  return QStringLiteral("%1,%2,%3").arg(shared.voxel->x()).arg(shared.voxel->y()).arg(shared.voxel->z());
}
bool readVoxel(SharedView& shared, const QString& text) {
  shared.voxel.reset();
  if (text == kNoneWord) return true;
  const auto index = integersOf(text, 3);
  if (index.empty()) return false;
  shared.voxel = Eigen::Vector3i(index[0], index[1], index[2]);
  return occ3dGrid().contains(*shared.voxel);
}

/// To the millimetre: two places of a length are shown.
QString measuredWord(const SharedView& shared) {
  if (!shared.measured) return kNoneWord;
  QStringList words;
  for (const Eigen::Vector3d& point : {shared.measured->first, shared.measured->second}) {
    for (const double value : point)
      words << QString::number(std::round(value * 1000) / 1000 + 0.0, 'g', 7);  // + 0.0: no minus zero
  }
  return words.join(QLatin1Char(','));
}
bool readMeasured(SharedView& shared, const QString& text) {
  shared.measured.reset();
  if (text == kNoneWord) return true;
  const auto n = numbersOf(text, 6);
  if (n.empty()) return false;
  shared.measured = {Eigen::Vector3d(n[0], n[1], n[2]), Eigen::Vector3d(n[3], n[4], n[5])};
  return true;
}

struct ViewWord {
  const char* key;
  QString (*write)(const SharedView&);
  bool (*read)(SharedView&, const QString&);
};

const std::array kViewWords{
    ViewWord{"color-a", [](const SharedView& shared) { return coloringWord(shared, Side::A); },
             [](SharedView& shared, const QString& text) { return readColoring(shared, Side::A, text); }},
    ViewWord{"color-b", [](const SharedView& shared) { return coloringWord(shared, Side::B); },
             [](SharedView& shared, const QString& text) { return readColoring(shared, Side::B, text); }},
    ViewWord{"probability-of", [](const SharedView& shared) { return shared.view.probability_class; },
             [](SharedView& shared, const QString& text) {
               if (!text.isEmpty() && !isClassId(text)) return false;
               shared.view.probability_class = text;
               return true;
             }},
    ViewWord{"palette", paletteWord, readPalette},
    ViewWord{"layers", layersWord, readLayers},
    ViewWord{"hide", hiddenWord, readHidden},
    ViewWord{"height", heightWord, readHeight},
    ViewWord{"clip", clipWord, readClip},
    ViewWord{"range", rangeWord, readRange},
    ViewWord{"mask",
             [](const SharedView& shared) { return shared.view.camera_mask_only ? kOnWord : kOffWord; },
             [](SharedView& shared, const QString& text) {
               return readSwitch(shared.view.camera_mask_only, text);
             }},
    ViewWord{"overlay", overlayWord, readOverlay},
    ViewWord{
        "times", [](const SharedView& shared) { return shared.view.stage_times ? kOnWord : kOffWord; },
        [](SharedView& shared, const QString& text) { return readSwitch(shared.view.stage_times, text); }},
    ViewWord{"camera-b", cameraBWord, readCameraB},
    ViewWord{"viewports", viewportsWord, readViewports},
    ViewWord{"rays", raysWord, readRays},
    ViewWord{"origin", originWord, readOrigin},
    ViewWord{"within", withinWord, readWithin},
    ViewWord{"arrows", arrowsWord, readArrows},
    ViewWord{"errors-of", [](const SharedView& shared) { return sortedWords(shared.errors_of); },
             readErrorsOf},
    ViewWord{"mistaken", [](const SharedView& shared) { return shared.mistaken.join(QLatin1Char(',')); },
             readMistaken},
    ViewWord{"error-range", errorRangeWord, readErrorRange},
    ViewWord{"hide-outcomes", hiddenOutcomesWord, readHiddenOutcomes},
    ViewWord{"sweep", sweepWord, readSweep},
    ViewWord{"voxel", voxelWord, readVoxel},
    ViewWord{"measure", measuredWord, readMeasured}};

}  // namespace

QStringList viewWords(const SharedView& shared, const SharedView& usual) {
  QStringList words;
  for (const ViewWord& word : kViewWords) {
    const QString text = word.write(shared);
    if (text != word.write(usual)) words << QLatin1String(word.key) + QLatin1Char('=') + text;
  }
  return words;
}

QStringList readViewWords(const QStringList& words, SharedView& shared) {
  QStringList unknown;
  for (const QString& given : words) {
    const QString key = given.section(QLatin1Char('='), 0, 0);
    const auto word = std::ranges::find_if(
        kViewWords, [&](const ViewWord& each) { return key == QLatin1String(each.key); });
    SharedView changed = shared;
    if (word == kViewWords.end() || !word->read(changed, given.section(QLatin1Char('='), 1))) {
      unknown << given;
    } else {
      shared = std::move(changed);
    }
  }
  return unknown;
}

}  // namespace hbev::ui
