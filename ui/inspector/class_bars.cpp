#include "ui/inspector/class_bars.h"

#include <algorithm>
#include <numeric>

#include <QtGui/QPainter>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kRow = 18, kNameWidth = 92, kValueWidth = 34, kTruthWidth = 18;

QString className(const ClassInfo& info) {
  const std::string_view name = info.shortName();
  return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

}  // namespace

std::vector<ClassShare> classShares(const ClassProbabilities& probabilities, std::size_t voxel,
                                    Palette palette, std::optional<int> truth, int most) {
  if (voxel >= probabilities.voxels()) return {};
  const auto values = probabilities.at(voxel);
  const ClassSet& classes = *probabilities.classes;
  std::vector<int> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return values[std::size_t(a)] > values[std::size_t(b)]; });
  std::vector<ClassShare> shares;
  ClassShare others{ClassBars::tr("others"), {}, 0, false};
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const int label = order[rank];
    const double probability = double(values[std::size_t(label)]);
    const bool is_truth = truth == label;
    if (int(rank) >= most && !is_truth) {
      others.probability += probability;
      continue;
    }
    ClassShare share{className(classes[label]), {}, probability, is_truth};
    const Rgb color = classes.color(label, palette);
    if (label != classes.free()) share.swatch = QColor(color.r, color.g, color.b);
    shares.push_back(std::move(share));
  }
  if (shares.size() < order.size()) shares.push_back(others);
  return shares;
}

ClassBars::ClassBars(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setAccessibleName(tr("Class probabilities"));
}

void ClassBars::setShares(std::vector<ClassShare> shares) {
  shares_ = std::move(shares);
  QStringList lines;
  for (const ClassShare& share : shares_) {
    lines << QStringLiteral("%1 %2%3").arg(share.name, decimal(share.probability, 2),
                                           share.is_truth ? tr(", the truth") : QString());
  }
  setAccessibleDescription(lines.join(QLatin1Char('\n')));
  setToolTip(shares_.empty() ? QString() : tr("Probability of each class; the tick marks the truth's."));
  updateGeometry();
  update();
}

QSize ClassBars::sizeHint() const {
  return {240, int(shares_.size()) * kRow};
}

void ClassBars::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  int y = 0;
  for (const ClassShare& share : shares_) {
    const QRect row(0, y, width(), kRow);
    if (share.swatch) paintSwatch(painter, QRectF(0, y + (kRow - 9) / 2.0, 9, 9), *share.swatch);
    painter.setFont(theme.font(TextSize::Body));
    painter.setPen(theme.color(share.swatch ? Role::Text : Role::Text2));
    painter.drawText(row.adjusted(15, 0, 0, 0), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(share.name, Qt::ElideRight, kNameWidth - 19));
    const QRectF bar(kNameWidth, y + (kRow - 6) / 2.0, width() - kNameWidth - kTruthWidth - kValueWidth, 6);
    paintBar(painter, bar, share.probability, share.swatch.value_or(theme.color(Role::Text3)));
    if (share.is_truth) {
      paintIcon(painter, QStringLiteral("check"), QRect(int(bar.right()) + 4, y + (kRow - 12) / 2, 12, 12),
                theme.color(Role::Ok));
    }
    painter.setFont(theme.mono(TextSize::Small));
    painter.setPen(theme.color(Role::Text));
    painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight, decimal(share.probability, 2));
    y += kRow;
  }
}

}  // namespace hbev::ui
