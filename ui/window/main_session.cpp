// What is shown, kept and brought back: links, further windows, sessions, and the steps of the view.
#include <algorithm>
#include <map>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtWidgets/QApplication>

#include "ui/predict/predict_choice.h"
#include "ui/state/text.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/activities.h"
#include "ui/window/link_dialog.h"
#include "ui/window/main_window.h"
#include "ui/window/session_link.h"
#include "ui/window/shared_view.h"
#include "ui/window/view_history.h"

namespace hbev::ui {
namespace {

constexpr int kToldAfter_ms = 300;
const QString kSessionActivity = QStringLiteral("session");

/// Which names stand for one file or folder. Two that are spelled alike do without asking the disk; what
/// links make one, the disk has been asked for.
class Places {
 public:
  bool areSame(const std::string& a, const std::string& b) const {
    if (spelled(a) == spelled(b)) return true;
    const auto at = canonical_.find(a), to = canonical_.find(b);
    return at != canonical_.end() && to != canonical_.end() && !at->second.isEmpty() &&
           at->second == to->second;
  }
  /// Asks the disk: not for the window's thread.
  void resolve(const std::vector<std::string>& paths) {
    for (const std::string& path : paths)
      canonical_[path] = QFileInfo(QString::fromStdString(path)).canonicalFilePath();
  }

 private:
  static QString spelled(const std::string& path) {
    return QDir::cleanPath(QFileInfo(QString::fromStdString(path)).absoluteFilePath());
  }
  std::map<std::string, QString> canonical_;
};

/// Shows one session, step by step as data set and predictions come; then it is gone.
class SessionOpener : public QObject {
 public:
  /// `resolving` looks at the names on the disk, `sorting` at what the window's openPaths() is given.
  SessionOpener(MainWindow& window, BackgroundJob& resolving, BackgroundJob& sorting, SessionOptions options)
      : QObject(&window),
        window_(window),
        studio_(window.studio()),
        resolving_(resolving),
        sorting_(sorting),
        options_(std::move(options)) {
    setObjectName(QStringLiteral("session"));
    const auto& named = options_.predictions;
    if (options_.a.empty() && !named.empty()) first_predictions_ = named[0];
    if (options_.b.empty() && named.size() > 1) second_predictions_ = named[1];
  }

  void begin() {
    const auto open = studio_.dataset();
    is_fresh_ = !open;
    if (!open) return openDataset();
    const std::string root = open->root().string();
    if (places_->areSame(root, options_.data)) return show();
    resolve({root, options_.data}, [this, root, open] {
      if (studio_.dataset() != open) return deleteLater();
      places_->areSame(root, options_.data) ? show() : openDataset();
    });
  }

 private:
  /// Another data set is shown. What still looks at a disk is not waited for.
  void leave() {
    resolving_.abandon();
    window_.activities().end(kSessionActivity);
    deleteLater();
  }

  void openDataset() {
    is_new_ = true;
    connect(&studio_, &Studio::datasetChanged, this, &SessionOpener::show,
            Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
    connect(&studio_, &Studio::openFailed, this, [this] {
      if (!is_shown_) deleteLater();
    });
    studio_.openDataset(QString::fromStdString(options_.data));
    connect(&studio_, &Studio::openingCancelled, this, [this] {
      if (!is_shown_) deleteLater();
    });
  }

  void resolve(const std::vector<std::string>& paths, const std::function<void()>& then) {
    auto resolved = std::make_shared<Places>();
    const auto finish = [this, resolved, then] {
      places_ = resolved;
      window_.activities().end(kSessionActivity);
      then();
    };
    connect(&resolving_, &BackgroundJob::finished, this, finish, Qt::SingleShotConnection);
    QTimer::singleShot(kToldAfter_ms, this, [this] {
      if (!resolving_.isRunning()) return;
      Progress::State state;
      state.what = MainWindow::tr("Looking at %1").arg(toQString(options_.data)).toStdString();
      window_.activities().show(
          {kSessionActivity, state, false, false, [&window = window_] { window.stopLooking(); }});
    });
    resolving_.startLoose([resolved, paths](Progress&) { resolved->resolve(paths); });
  }

  /// Predictions that are open already are not read again: which they are, under whatever name, comes first.
  void show() {
    is_shown_ = true;
    connect(&studio_, &Studio::datasetChanged, this, &SessionOpener::leave);
    std::vector<std::string> names = predictionNames();
    const bool all_known =
        std::ranges::all_of(names, [this](const auto& name) { return indexOf(name) >= 0; });
    for (int i = 0; i < int(studio_.sources().size()); ++i)
      names.push_back(sourceWord(studio_, i).toStdString());
    all_known ? goOn() : resolve(names, [this] { goOn(); });
  }

  void goOn() {
    openPredictions();
    showKeyframe();
    window_.setWorkspace(QString::fromStdString(options_.workspace));
    const auto camera = parseCamera(QString::fromStdString(options_.camera));
    if (camera || !is_fresh_) {
      for (const Side side : {Side::A, Side::B})
        window_.viewports().viewport(side).setCamera(camera.value_or(ViewCamera::orbit()), !is_new_);
      Q_EMIT window_.viewports().cameraChanged();
    }
    predict();
    connect(&studio_, &Studio::sourcesChanged, this, &SessionOpener::showSides, Qt::QueuedConnection);
    connect(&studio_, &Studio::openFailed, this, &SessionOpener::showSides, Qt::QueuedConnection);
    connect(&studio_, &Studio::openingCancelled, this, &SessionOpener::showSides, Qt::QueuedConnection);
    // What the network predicts comes whether or not the rest does: the view does not wait for it then.
    if (!options_.predict.empty())
      connect(&studio_, &Studio::openFailed, this, &SessionOpener::showView, Qt::SingleShotConnection);
    connect(&sorting_, &BackgroundJob::finished, this, &SessionOpener::showSides, Qt::QueuedConnection);
    connect(&sorting_, &BackgroundJob::failed, this, &SessionOpener::showSides, Qt::QueuedConnection);
    showSides();
  }

  void showKeyframe() {
    const Dataset& dataset = *studio_.dataset();
    try {
      const std::size_t scene = options_.scene.empty() ? 0 : dataset.sceneIndex(options_.scene);
      if (scene >= dataset.scenes().size()) return;
      const int count = int(dataset.scenes()[scene].keyframes.size());
      const int wanted = std::clamp(options_.keyframe, 1, std::max(1, count));
      studio_.setCurrent(scene, std::size_t(wanted - 1));
      if (wanted != options_.keyframe)
        window_.showProblem({dataset.scenes()[scene].name + " has no such keyframe",
                             {},
                             "a number from 1 to " + std::to_string(count),
                             std::to_string(options_.keyframe),
                             "Keyframe " + std::to_string(wanted) + " is shown."});
    } catch (const Error& error) {
      window_.showProblem(error.problem());
    }
  }

  std::vector<std::string> predictionNames() const {
    std::vector<std::string> names = options_.predictions;
    names.insert(names.end(), {options_.b, options_.a});
    std::erase_if(names, [](const std::string& name) { return name.empty() || findLabelKind(name); });
    return names;
  }

  void openPredictions() {
    QStringList paths;
    for (const std::string& name : predictionNames()) {
      if (indexOf(name) < 0) paths << QString::fromStdString(name);
    }
    paths.removeDuplicates();
    if (!paths.isEmpty()) window_.openPaths(paths);
  }

  void predict() {
    if (options_.predict.empty()) return;
    const QString config = QString::fromStdString(options_.predict);
    const QString weights = options_.weights.empty() ? shippedWeights(window_.predicting().backend(), config)
                                                     : QString::fromStdString(options_.weights);
    window_.predicting().choose({config, weights});
    window_.predictKeyframe();
  }

  /// -1 while it is not open.
  int indexOf(const std::string& word) const {
    for (int i = 0; i < int(studio_.sources().size()); ++i) {
      const std::string have = sourceWord(studio_, i).toStdString();
      if (have == word || (!have.empty() && !findLabelKind(word) && places_->areSame(have, word))) return i;
    }
    return -1;
  }

  int truthFitting(int source) const {
    const auto& sources = studio_.sources();
    for (int i = 0; i < int(sources.size()); ++i) {
      if (sources[std::size_t(i)].isTruth() &&
          &sources[std::size_t(i)].classes() == &sources[std::size_t(source)].classes())
        return i;
    }
    return -1;
  }

  /// Once everything that A and B shall show is open. What is not named is as opening chooses: the
  /// predictions named first, beside the truth that fits them, else beside those named second.
  void showSides() {
    const std::string& wanted_a = options_.a.empty() ? first_predictions_ : options_.a;
    const int a = wanted_a.empty() ? studio_.sourceIndex(Side::A) : indexOf(wanted_a);
    int b = !options_.b.empty()           ? indexOf(options_.b)
            : !wanted_a.empty() && a >= 0 ? truthFitting(a)
                                          : studio_.sourceIndex(Side::B);
    if (b < 0 && !second_predictions_.empty()) b = indexOf(second_predictions_);
    const bool is_missing = (!wanted_a.empty() && a < 0) || (!options_.b.empty() && b < 0);
    const bool is_coming = !options_.predict.empty() || window_.isLooking() || studio_.isOpening();
    if (is_missing && is_coming) return;
    if (a >= 0) studio_.setSource(Side::A, a);
    if (b >= 0) studio_.setSource(Side::B, b);
    showView();
    deleteLater();
  }

  /// Last: workspaces and sources choose how they are drawn.
  void showView() {
    QStringList words;
    for (const std::string& word : options_.view)
      words << QString::fromStdString(word);
    // Without a word a window that has just been started stays as it is, and so do data without voxels.
    const bool is_told = !words.isEmpty() || (!is_fresh_ && !studio_.sources().empty());
    if (is_told) {
      SharedView shared = usualView(QString::fromStdString(options_.workspace), studio_.scoredSide());
      readViewWords(words, shared);
      const auto problem = showSharedView(shared, studio_, window_.viewports());
      if (problem) window_.showProblem(*problem);
    }
    if (is_new_) window_.history().clear();
  }

  MainWindow& window_;
  Studio& studio_;
  BackgroundJob &resolving_, &sorting_;
  SessionOptions options_;
  std::shared_ptr<const Places> places_ = std::make_shared<Places>();
  std::string first_predictions_, second_predictions_;
  bool is_fresh_ = false;  ///< nothing was open before
  bool is_new_ = false, is_shown_ = false;
};

void registerLinkActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString open = actionText("Open"), keep = actionText("Keep");
  actions.add({"window.new", actionText("New window"), "scene",
               actionText("Another window of what is shown, for another screen."), open},
              [&window](bool) { window.openNewWindow(); });
  actions.add({"link.copy", actionText("Copy link"), "link",
               actionText("The command that shows this keyframe with these predictions again."), keep},
              [&window](bool) { window.copyLink(); });
  actions.add({"link.open", actionText("Open link"), "link",
               actionText("Shows in this window what a copied link names."), keep},
              [&window](bool) { window.askForLink(); });
}

}  // namespace

void registerKeepActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString keep = actionText("Keep");
  registerLinkActions(window);
  actions.add({"picture.save", actionText("Save picture"), "screenshot",
               actionText("Saves what the viewports show as a PNG."), keep},
              [&window](bool) { window.savePicture(); });
  actions.add({"video.save", actionText("Save video"), "video",
               actionText("Makes an MP4 or a folder of pictures of a drive through this scene."), keep},
              [&window](bool) { window.saveVideo(); });
  actions.add({"view.undo", actionText("Undo view"), "step-back",
               actionText("Takes back the last change of cameras, layers, colours or hidden classes."), keep},
              [&window](bool) { window.history().undo(); });
  actions.add({"view.redo", actionText("Redo view"), "step-forward",
               actionText("Does the change of the view again that was taken back."), keep},
              [&window](bool) { window.history().redo(); });
}

QString MainWindow::workspace() const {
  for (const QString& each : {QStringLiteral("errors"), QStringLiteral("training")}) {
    if (actions_[QStringLiteral("workspace.") + each]->isChecked()) return each;
  }
  return QStringLiteral("browse");
}

void MainWindow::endSession() {
  delete findChild<QObject*>(QStringLiteral("session"), Qt::FindDirectChildrenOnly);
  resolving_.abandon();
  activities_->end(kSessionActivity);
}

void MainWindow::openSession(const SessionOptions& options) {
  endSession();
  if (options.data.empty()) {
    if (options.workspace == "training") setWorkspace(QStringLiteral("training"));
    return;
  }
  (new SessionOpener(*this, resolving_, sorting_, options))->begin();
}

void MainWindow::openNewWindow() {
  const QString program = QCoreApplication::applicationFilePath();
  const QStringList arguments = linkArguments(studio_, *viewports_, workspace());
  const bool started =
      start_program_ ? start_program_(program, arguments) : QProcess::startDetached(program, arguments);
  if (!started) {
    showProblem({"A further window cannot be started",
                 program.toStdString(),
                 {},
                 {},
                 "Start the program from a terminal to see what it says."});
  }
}

void MainWindow::copyLink() {
  const QString text = linkText(linkArguments(studio_, *viewports_, workspace()));
  QGuiApplication::clipboard()->setText(text);
  if (isUnsaved(studio_, Side::A) || isUnsaved(studio_, Side::B)) {
    return showNotice(NoticeLine::Kind::Warn,
                      tr("Copied, without predictions that are in no file: a link names files."),
                      tr("Save predictions"), [this] { savePredictions(); });
  }
  showNotice(NoticeLine::Kind::Ok, tr("Copied: %1").arg(text));
}

void MainWindow::askForLink() {
  auto* dialog = new LinkDialog(QGuiApplication::clipboard()->text(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &LinkDialog::chosen, this, &MainWindow::openSession);
  dialog->open();
}

void MainWindow::makeHistory() {
  history_ = new ViewHistory(studio_, *viewports_, {}, this);
  connect(history_, &ViewHistory::changed, this, &MainWindow::enableHistory);
}

void MainWindow::enableHistory() {
  actions_["view.undo"]->setEnabled(history_ && history_->canUndo());
  actions_["view.redo"]->setEnabled(history_ && history_->canRedo());
}

}  // namespace hbev::ui
