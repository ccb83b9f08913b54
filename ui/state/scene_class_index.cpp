#include "ui/state/scene_class_index.h"

#include "core/base/files.h"
#include "core/data/scene_classes.h"

namespace hbev::ui {
namespace {

/// Place in filterClasses(), or nothing for free and unknown classes.
std::optional<std::size_t> placeOf(std::string_view id) {
  const auto& classes = SceneClassIndex::filterClasses();
  const auto found = std::ranges::find(classes, id, &ClassInfo::id);
  return found == classes.end() ? std::nullopt : std::optional(std::size_t(found - classes.begin()));
}

std::optional<std::size_t> placeOf(const QString& id) {
  return placeOf(std::string_view(id.toStdString()));
}

}  // namespace

const std::vector<ClassInfo>& SceneClassIndex::filterClasses() {
  static const std::vector<ClassInfo> classes = [] {
    const ClassSet& set = ClassSet::openocc();
    return std::vector<ClassInfo>(set.classes().begin(), set.classes().begin() + set.free());
  }();
  return classes;
}

SceneClassIndex::SceneClassIndex(Studio& studio, QObject* parent) : QObject(parent), studio_(studio) {
  connect(&studio, &Studio::datasetChanged, this, &SceneClassIndex::reset);
  connect(&labels_, &BackgroundJob::progressed, this, &SceneClassIndex::progressed);
  connect(&labels_, &BackgroundJob::finished, this, [this] {
    labels_counted_ = true;
    Q_EMIT countingEnded();
  });
  connect(&labels_, &BackgroundJob::cancelled, this, &SceneClassIndex::countingEnded);
  connect(&labels_, &BackgroundJob::failed, this, &SceneClassIndex::countingEnded);
}

void SceneClassIndex::reset() {
  ++generation_;
  labels_.abandon();
  labels_counted_ = false;
  scenes_.assign(studio_.dataset()->scenes().size(), {});
  readBoxes();
}

/// The tables know the boxes' categories: no file is opened.
void SceneClassIndex::readBoxes() {
  auto found = std::make_shared<std::vector<Classes>>(scenes_.size());
  boxes_.startLoose([dataset = studio_.dataset(), found](Progress& progress) {
    for (std::size_t scene = 0; scene < found->size(); ++scene) {
      progress.throwIfCancelled();
      for (const std::string& category : dataset->annotatedCategories(scene)) {
        const auto label = ClassSet::openocc().labelOfCategory(category);
        const auto place = label ? placeOf(ClassSet::openocc()[*label].id) : std::nullopt;
        if (place) (*found)[scene].set(*place);
      }
    }
  });
  const auto take = [this, found, generation = generation_] {
    if (generation != generation_) return;
    for (std::size_t scene = 0; scene < scenes_.size(); ++scene)
      scenes_[scene] |= (*found)[scene];
    Q_EMIT changed();
  };
  connect(&boxes_, &BackgroundJob::finished, this, take, Qt::SingleShotConnection);
}

bool SceneClassIndex::canCountLabels() const {
  return studio_.dataset() && !studio_.dataset()->labelKinds().empty() && !labels_counted_;
}

void SceneClassIndex::countLabels() {
  if (!canCountLabels() || isCounting()) return;
  const std::string cache = userCacheFolder().string();
  const auto take = [this](std::size_t scene, const Classes& classes) { add(scene, classes); };
  labels_.startLoose(
      [take, dataset = studio_.dataset(), cache](Progress& progress, const BackgroundJob::Tell& tell) {
        const LabelKind kind = dataset->labelKinds().front();
        const auto found = [&](std::size_t scene, const SceneClasses& counted) {
          Classes classes;
          for (int label = 0; label < classSetOf(kind).size(); ++label) {
            const auto place = placeOf(classSetOf(kind)[label].id);
            if (place && counted.holds(label)) classes.set(*place);
          }
          tell([take, scene, classes] { take(scene, classes); });
        };
        countSceneClasses(*dataset, kind, cache, found, progress);
      },
      true);
}

void SceneClassIndex::cancel() {
  labels_.cancel();
}

void SceneClassIndex::add(std::size_t scene, const Classes& classes) {
  if ((scenes_[scene] | classes) == scenes_[scene]) return;
  scenes_[scene] |= classes;
  Q_EMIT changed();
}

bool SceneClassIndex::holds(std::size_t scene, const QString& class_id) const {
  const auto place = placeOf(class_id);
  return place && scene < scenes_.size() && scenes_[scene].test(*place);
}

int SceneClassIndex::sceneCount(const QString& class_id) const {
  const auto place = placeOf(class_id);
  if (!place) return 0;
  return int(std::ranges::count_if(scenes_, [&](const Classes& classes) { return classes.test(*place); }));
}

}  // namespace hbev::ui
