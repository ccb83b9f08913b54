#include "gallery.h"

#include <QtGui/QAction>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/chip.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/range_slider.h"
#include "ui/kit/score_tile.h"
#include "ui/kit/search_field.h"
#include "ui/kit/section.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/timeline.h"
#include "ui/kit/value_slider.h"

namespace hbev::ui {
namespace {

/// Puts widgets at the places that the design's picture has them.
class Page {
 public:
  explicit Page(QWidget* page) : page_(page) {}

  template <class Widget>
  Widget* put(Widget* widget, int x, int y, int width = 0, int height = 0) {
    widget->setParent(page_);
    const QSize hint = widget->sizeHint();
    widget->setGeometry(x, y, width ? width : hint.width(), height ? height : hint.height());
    return widget;
  }
  void caption(const QString& text, int x, int y) {
    put(makeLabel(text, Role::Text3, TextSize::Small), x, y);
  }

 private:
  QWidget* page_;
};

void putButtons(Page& page) {
  page.caption("Buttons 28 px: primary, normal, quiet", 24, 12);
  page.put(makeButton("Train", ButtonKind::Primary, "train"), 24, 32, 112);
  page.put(makeButton("Train", ButtonKind::Primary, "train"), 148, 32, 112)->setObjectName("hovered");
  page.put(makeButton("Train", ButtonKind::Primary, "train"), 272, 32, 112)->setDown(true);
  page.put(makeButton("Train", ButtonKind::Primary, "train"), 520, 32, 112)->setEnabled(false);
  page.put(makeButton("Checkpoint now"), 24, 87, 112);
  page.put(makeButton("Checkpoint now"), 148, 87, 112)->setObjectName("hovered");
  page.put(makeButton("Checkpoint now"), 272, 87, 112)->setDown(true);
  page.put(makeButton("Checkpoint now"), 396, 87, 112)->setObjectName("focused");
  page.put(makeButton("Checkpoint now"), 520, 87, 112)->setEnabled(false);
  page.put(makeButton("Stop run", ButtonKind::Danger, "stop"), 648, 32, 112);
  page.put(makeButton("Open", ButtonKind::Quiet, "open-folder"), 648, 87, 112);
}

void putInputs(Page& page) {
  page.caption("Input 26 px: empty, key, error", 24, 144);
  page.put(new SearchField("Name, description, token"), 24, 164, 241);
  page.put(new SearchField("Name, description, token", QKeySequence("Ctrl+F")), 24, 198, 241);
  auto* wrong = page.put(new QLineEdit("2e2"), 24, 232, 241);
  setWrong(wrong, true);
  page.put(makeLabel("Learning rate: 1e-6 to 1e-2", Role::Error), 24, 261);

  page.caption("Combo box, segmented, check box", 279, 144);
  auto* combo = new ComboBox;
  combo->addItem("Class");
  combo->setFixedWidth(242);
  page.put(combo, 279, 164);
  auto* segmented = page.put(new SegmentedControl, 279, 196);
  for (const char* name : {"None", "Voxels", "Lidar", "Boxes"})
    segmented->addSegment(name);
  segmented->setCurrentIndex(1);
  segmented->setSegmentEnabled(3, false);
  segmented->resize(segmented->sizeHint());
  page.put(new QCheckBox("Camera mask"), 279, 228)->setChecked(true);
  page.put(new QCheckBox("Reference order"), 389, 228);
  auto* off = page.put(new QCheckBox("Off"), 279, 250);
  off->setChecked(true);
  off->setEnabled(false);

  page.caption("Slider 16 px, range slider, progress 6 px", 534, 144);
  auto* slider = page.put(new ValueSlider(0, 100, 62), 534, 164, 242, 16);
  slider->setFormat([](double value) { return decimal(value, 0) + " %"; });
  page.put(new RangeSlider(0, 5), 534, 190, 160)->setRange(1, 3.8);
  page.put(makeMonoLabel("1.0 … 3.8 m", Role::Text2), 702, 190);
  page.put(new ProgressLine, 534, 214, 242)->setState({"", 23, 40, 5.5, {}});
  auto* faint = page.put(new ValueSlider(0, 100, 80), 534, 240, 242, 16);
  faint->setEnabled(false);
}

void putMessages(Page& page) {
  page.caption("Empty state", 24, 456);
  auto* empty = page.put(
      new EmptyState("voxel", "No prediction for this keyframe", "Run the network, or open predictions."), 24,
      476, 220, 142);
  empty->setPrimary("Predict");
  empty->setSecondary("Open");
  page.caption("Error state, in place", 258, 456);
  auto* error = new ErrorNotice(Problem{"labels.npz cannot be read", "gts/demo-0017/3e8750f3/labels.npz",
                                        "uint8 [200, 200, 16]", "[200, 200, 8]",
                                        "The other 959 keyframes are usable."});
  error->addButton("Skip it");
  error->addButton("Show file");
  page.put(error, 258, 476, 220, 142);
  page.caption("Warning and notice lines, 28 px", 492, 456);
  page.put(new NoticeLine(NoticeLine::Kind::Warn, "Flow looks like voxels per frame.", "Convert"), 492, 476,
           284, 28);
  page.put(new NoticeLine(NoticeLine::Kind::Ok, "run-14 is done. RayIoU 39.6", "Show"), 492, 512, 284, 28);
  page.put(new NoticeLine(NoticeLine::Kind::Info, "Axes flipped in y, turned back.", "Undo"), 492, 548, 284,
           28);
  page.put(new NoticeLine(NoticeLine::Kind::Error, "GPU memory is short by 1.2 GB.", "Use half"), 492, 584,
           284, 28);
}

QWidget* makeTiles() {
  auto* tiles = new QWidget;
  auto* row = new QHBoxLayout(tiles);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(6);
  const auto tile = [&](const char* caption, const char* value) {
    auto* each = new ScoreTile(caption);
    each->setValue(value);
    row->addWidget(each);
  };
  tile("RayIoU", "41.7");
  tile("mAVE", "0.52");
  tile("OccScore", "42.3");
  tile("mIoU", "34.9");
  return tiles;
}

void putPanelParts(Page& page) {
  auto* header = page.put(new PanelHeader("Scenes"), 24, 640, 264, 32);
  header->setCount("24");
  header->addButton("bookmark", "Bookmarks");
  auto* filter = header->addButton("filter", "Filter");
  filter->setCheckable(true);
  filter->setChecked(true);
  header->addButton("more", "More");
  int x = 32;
  for (const char* name : {"val", "night", "rain", "has truck"}) {
    auto* chip = new Chip(name);
    chip->setChecked(x == 32);
    page.put(chip, x, 682);
    x += chip->width() + 5;
  }
  page.put(new Badge(Source::A), 24, 716);
  page.put(new Badge(Source::B), 48, 716);
  page.put(new Badge(Source::C), 72, 716);
  page.put(new Badge(Source::B), 96, 716)->setFilled(false);
  page.put(new KeyHint(QKeySequence("Ctrl+Shift+S")), 128, 716);
  page.put(new ElidedLabel("results/demo-0103/3e8750f3b4c84fa3.npz", Qt::ElideMiddle), 24, 742, 180);

  auto* section = page.put(new Section("Keyframe"), 310, 640, 320, 96);
  section->setSummary("against run-12");
  section->setContent(makeTiles());
  auto* folded = page.put(new Section("Ray through it"), 310, 736, 320, 29);
  folded->setSummary("14 rays");
  folded->setExpanded(false);
}

void putScrolling(Page& page) {
  auto* area = new QScrollArea;
  auto* tall = new QWidget;
  tall->setFixedSize(120, 400);
  area->setWidget(tall);
  page.put(area, 648, 640, 120, 120);
}

QMenu* makeMenu(QWidget* parent) {
  auto* menu = new QMenu(parent);
  const auto add = [menu](const char* icon_name, const char* name, const char* keys) {
    QAction* action = menu->addAction(icon(icon_name), name);
    action->setShortcut(QKeySequence(keys));
    return action;
  };
  add("screenshot", "Save picture", "Ctrl+Shift+S");
  menu->setActiveAction(add("video", "Save video", "Ctrl+Shift+R"));
  add("copy", "Copy link", "Ctrl+L");
  menu->addSeparator();
  add("export", "Export table", "Ctrl+E")->setEnabled(false);
  QAction* checked = menu->addAction("Voxel edges");
  checked->setCheckable(true);
  checked->setChecked(true);
  menu->addMenu("Colour by")->addAction("Class");
  return menu;
}

}  // namespace

QWidget* makeGallery() {
  auto* widget = new QWidget;
  widget->setObjectName("gallery");
  widget->setFixedSize(800, 1000);
  Page page(widget);
  putButtons(page);
  putInputs(page);
  putMessages(page);
  putPanelParts(page);
  putScrolling(page);
  page.caption("Menu", 24, 288);
  makeMenu(widget)->setObjectName("menu");
  return widget;
}

Timeline* makeGalleryTimeline() {
  const double scores[] = {47.5, 48,   47,   47.5, 46,   46.5, 47,   46, 45.5, 40,   37.5, 36.5, 38, 39.5,
                           43,   42.5, 41.7, 42.5, 47.5, 48,   46.5, 44, 43,   38.5, 34.5, 30,   29, 33,
                           35.5, 38,   42.5, 42.5, 40,   40.5, 41.5, 44, 45,   47,   48,   49};
  const double reference[] = {50, 49.5, 49,   48.5, 48,   47.5, 47.5, 47.5, 47,   42,   39.5, 38,  38.5, 40,
                              44, 44,   43.5, 44.5, 49.5, 49,   49.5, 49,   46.5, 43.5, 40,   37,  35.5, 38.5,
                              42, 45.5, 48,   48,   44.5, 43,   44,   48,   48.5, 50,   50.5, 51.5};
  std::vector<double> times, sweeps;
  std::vector<std::optional<double>> score, other;
  std::vector<bool> loaded(40), predicted(40);
  for (int k = 0; k < 40; ++k) {
    times.push_back(0.5 * k);
    for (int sweep = 1; sweep < 5; ++sweep)
      sweeps.push_back(0.5 * k + 0.1 * sweep);
    score.emplace_back(scores[k]);
    other.emplace_back(reference[k]);
    loaded[std::size_t(k)] = k >= 8 && k < 32;
    predicted[std::size_t(k)] = k < 23;
  }
  auto* timeline = new Timeline;
  timeline->setKeyframes(times);
  timeline->setSweeps(sweeps);
  timeline->setScores(score);
  timeline->setReference(other);
  timeline->setLoaded(loaded);
  timeline->setPredicted(predicted);
  timeline->setFlags({{11, "trailer called truck"}, {26, "occluded bus"}});
  timeline->setCurrent(16);
  timeline->setLoop(KeyframeRange(20, 31));
  timeline->setToken("3e8750f3b4c84fa39c1b");
  timeline->setMetrics({"RayIoU", "mAVE"});
  timeline->setLegend("A", "run-12");
  timeline->setMoreMenu(new QMenu(timeline));
  timeline->resize(1014, 150);
  return timeline;
}

}  // namespace hbev::ui
