#include "ui/inspector/ray_section.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/section.h"
#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/state/text.h"
#include "ui/viewport/ray_drawing.h"

namespace hbev::ui {
namespace {

QString distance(float metres) {
  return QStringLiteral(" %1 m").arg(decimal(double(metres), 1));
}

}  // namespace

RaySection::RaySection(Studio& studio, Section& section) : studio_(studio), section_(section) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  facts_ = new FactList(this);
  verdict_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, this);
  verdict_->setWordWrap(true);
  column->addWidget(facts_);
  column->addWidget(verdict_);
  ErrorView& errors = studio.errors();
  for (const auto signal :
       {&ErrorView::changed, &ErrorView::raysChanged, &ErrorView::hoveredChanged, &ErrorView::pickedChanged})
    connect(&errors, signal, this, &RaySection::show);
  connect(&studio, &Studio::selectionChanged, this, &RaySection::show);
  connect(&Theme::current(), &Theme::changed, this, &RaySection::show);
  show();
}

void RaySection::show() {
  const ErrorView& errors = studio_.errors();
  const bool known = errors.rays() && errors.rays()->size() > 0;
  // Where nobody looks at rays there is nothing to say of them.
  section_.setVisible(known);
  if (!known) return;
  std::vector<FactList::Fact> facts;
  const auto ray = errors.lookedAt();
  verdict_->setVisible(ray.has_value());
  if (!ray) {
    section_.setSummary({});
    facts.push_back({tr("None"), tr("Point at a voxel or at the panorama."), {}, false, {}});
  } else {
    const RayOutcomes& rays = *errors.rays();
    const RayPair& pair = rays.rays[*ray];
    const RayWords words = errors.wordsOf(*ray);
    const ClassSet& classes = *rays.classes;
    section_.setSummary(QString::fromStdString(words.angles));
    const QColor color = Theme::current().color(roleOf(rays.outcome(*ray, errors.threshold())));
    facts.push_back({tr("Outcome"), QString::fromStdString(words.outcome), color, false, {}});
    const auto hit = [&](std::uint8_t label, float distance_m) {
      return label == classes.free() ? tr("nothing")
                                     : toQString(classes[label].shortName()) + distance(distance_m);
    };
    const auto swatch = [&](std::uint8_t label) -> std::optional<QColor> {
      if (label == classes.free()) return std::nullopt;
      const Rgb rgb = classes.color(label, studio_.view().palette);
      return QColor(rgb.r, rgb.g, rgb.b);
    };
    facts.push_back({tr("%1 hits").arg(QString::fromStdString(errors.sideName())),
                     hit(pair.predicted, pair.predicted_m),
                     swatch(pair.predicted),
                     false,
                     {}});
    facts.push_back({tr("Truth hits"), hit(pair.truth, pair.true_m), swatch(pair.truth), false, {}});
    facts.push_back({tr("From origin"),
                     QStringLiteral("%1 / %2").arg(rays.originOf(*ray) + 1).arg(rays.origins.size()),
                     {},
                     true,
                     {}});
    verdict_->setText(QString::fromStdString(words.verdict));
  }
  addVoxel(facts);
  facts_->setFacts(std::move(facts));
}

/// "Rays into the voxel  5 right, 2 near"
void RaySection::addVoxel(std::vector<FactList::Fact>& facts) const {
  const VoxelMark& voxel = studio_.selection();
  if (!voxel || !GridSpec{}.contains(*voxel)) return;
  const auto counts = studio_.errors().raysInto(*voxel);
  QStringList parts;
  for (int i = 0; i < kRayOutcomes; ++i) {
    if (counts[std::size_t(i)] > 0)
      parts << QStringLiteral("%1 %2")
                   .arg(counts[std::size_t(i)])
                   .arg(toQString(rayOutcomeName(RayOutcome(i))));
  }
  facts.push_back({tr("Into the voxel"),
                   parts.isEmpty() ? tr("no ray") : parts.join(QStringLiteral(", ")),
                   {},
                   false,
                   {}});
}

}  // namespace hbev::ui
