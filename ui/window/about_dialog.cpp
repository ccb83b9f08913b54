#include "ui/window/about_dialog.h"

#include <QtCore/QSettings>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include "core/doctor/machine_facts.h"
#include "ui/inspector/fact_list.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/kit/wrapping_label.h"
#include "ui/state/predicted_source.h"
#include "ui/state/text.h"
#include "ui/state/thumbnail_store.h"
#include "ui/training/run_store.h"
#include "ui/window/demo_job.h"

namespace hbev::ui {
namespace {

constexpr int kAboutWidth_px = 560, kAboutMargin_px = 16;

std::vector<FactList::Fact> versions(const QString& opengl) {
  const QString torch = toQString(doctor::torchVersion());
  return {{AboutDialog::tr("Version"), QStringLiteral(HBEV_VERSION), {}, false, {}},
          {AboutDialog::tr("Qt"), QString::fromLatin1(qVersion()), {}, false, {}},
          {AboutDialog::tr("LibTorch"),
           torch.isEmpty() ? AboutDialog::tr("built without") : torch,
           {},
           false,
           {}},
          {AboutDialog::tr("OpenGL"),
           opengl.isEmpty() ? AboutDialog::tr("not used yet") : opengl,
           {},
           false,
           {}}};
}

std::vector<FactList::Fact> folders() {
  return {{AboutDialog::tr("Settings"), QSettings().fileName(), {}, false, {}},
          {AboutDialog::tr("Predictions"), toQString(predictionFolder().string()), {}, false, {}},
          {AboutDialog::tr("Runs"), RunStore::defaultFolder(), {}, false, {}},
          {AboutDialog::tr("Demo"), DemoJob::defaultFolder(), {}, false, {}},
          {AboutDialog::tr("Thumbnails"), ThumbnailStore::defaultFolder(), {}, false, {}}};
}

/// A heading and what stands below it.
void addPart(QVBoxLayout& rows, const QString& title, QWidget* content, QWidget* parent) {
  rows.addSpacing(8);
  rows.addWidget(makeLabel(title, Role::Text, TextSize::Body, Weight::Semibold, parent));
  rows.addWidget(content);
}

}  // namespace

AboutDialog::AboutDialog(const QString& opengl, QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("about"));
  setWindowTitle(tr("About HBEVOcc Studio"));
  setFixedWidth(kAboutWidth_px);
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(kAboutMargin_px, 12, kAboutMargin_px, 12);
  rows->setSpacing(4);
  const auto addFacts = [&](const QString& title, const std::vector<FactList::Fact>& facts) {
    auto* list = new FactList(this);
    list->resize(kAboutWidth_px - 2 * kAboutMargin_px, 1);  // its height is that of its words at this width
    list->setFacts(facts);
    addPart(*rows, title, list, this);
    for (const FactList::Fact& fact : facts)
      text_ += fact.name + QStringLiteral(": ") + fact.value + QLatin1Char('\n');
  };
  const auto addWords = [&](const QString& title, const QString& words) {
    addPart(*rows, title, new WrappingLabel(words, Role::Text2, TextSize::Body, Weight::Normal, this), this);
  };
  addFacts(tr("HBEVOcc Studio"), versions(opengl));
  addWords(tr("Licence"),
           tr("The sources are under the MIT licence. This window links QCustomPlot, which is under the GPL, "
              "version 3 or later: who passes the program hbevocc-studio on does so under that licence."));
  addWords(
      tr("Data"),
      tr("nuScenes and labels made of it are for non-commercial use, under the terms at nuscenes.org. The "
         "demo's city, pictures and labels are made by this program; so are the weights that come with "
         "it, which were trained on them."));
  addFacts(tr("Folders"), folders());
  rows->addStretch(1);
  auto* footer = new QHBoxLayout;
  footer->setContentsMargins(0, 12, 0, 0);
  footer->addStretch(1);
  auto* copy = makeButton(tr("Copy"), ButtonKind::Normal, {}, this);
  auto* close = makeButton(tr("Close"), ButtonKind::Primary, {}, this);
  close->setDefault(true);
  footer->addWidget(copy);
  footer->addWidget(close);
  rows->addLayout(footer);
  connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text_); });
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  setFixedHeight(rows->totalHeightForWidth(kAboutWidth_px));
}

}  // namespace hbev::ui
