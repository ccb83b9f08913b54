#include "ui/kit/panel_stack.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QTimer>
#include <QtGui/QPainter>
#include <QtWidgets/QStackedLayout>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/notices.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kLoadingDelay_ms = 300, kLoadingStep_ms = 33, kLoadingPeriod = 40;
constexpr double kLoadingShare = 0.3;
}  // namespace

/// The 2 px bar: a piece of a third that runs from left to right, again and again, only while it is shown.
class PanelStack::LoadingBar : public QWidget {
 public:
  explicit LoadingBar(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFixedHeight(2);
    hide();
  }

 protected:
  void showEvent(QShowEvent*) override {
    step_ = 0;
    timer_.start(kLoadingStep_ms, this);
  }
  /// Comes twice where what it is in was hidden before it.
  void hideEvent(QHideEvent*) override { timer_.stop(); }
  void timerEvent(QTimerEvent*) override {
    step_ = (step_ + 1) % kLoadingPeriod;
    update();
  }
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    const double piece = width() * kLoadingShare;
    const double left = (width() + piece) * step_ / kLoadingPeriod - piece;
    painter.fillRect(QRectF(left, 0, piece, height()), Theme::current().color(Role::Accent));
  }

 private:
  int step_ = 0;
  QBasicTimer timer_;
};

PanelStack::PanelStack(QWidget* parent) : QWidget(parent) {
  layout_ = new QStackedLayout(this);
  error_page_ = new QWidget(this);
  auto* error_layout = new QVBoxLayout(error_page_);
  error_layout->setContentsMargins(12, 12, 12, 12);
  error_ = new ErrorNotice(error_page_);
  error_layout->addWidget(error_);
  error_layout->addStretch();
  layout_->addWidget(error_page_);
  bar_ = new LoadingBar(this);
  delay_ = new QTimer(this);
  delay_->setSingleShot(true);
  delay_->setInterval(kLoadingDelay_ms);
  connect(delay_, &QTimer::timeout, this, [this] {
    bar_->show();
    bar_->raise();
  });
}

PanelStack::~PanelStack() = default;

void PanelStack::setContent(QWidget* content) {
  delete content_;
  content_ = content;
  layout_->addWidget(content);
  if (page_ == Page::Content) layout_->setCurrentWidget(content);
}

void PanelStack::setEmptyState(EmptyState* empty) {
  delete empty_;
  empty_ = empty;
  layout_->addWidget(empty);
  if (page_ == Page::Empty) layout_->setCurrentWidget(empty);
}

void PanelStack::showContent() {
  showPage(Page::Content);
}

void PanelStack::showEmpty() {
  showPage(Page::Empty);
}

void PanelStack::showError(const Problem& problem) {
  error_->setProblem(problem);
  showPage(Page::Error);
}

void PanelStack::showPage(Page page) {
  page_ = page;
  QWidget* widget = page == Page::Content ? content_
                    : page == Page::Empty ? static_cast<QWidget*>(empty_)
                                          : error_page_;
  if (widget) layout_->setCurrentWidget(widget);
  setLoading(false);
}

void PanelStack::setLoading(bool loading) {
  loading_ = loading;
  if (loading) {
    if (!delay_->isActive() && bar_->isHidden()) delay_->start();
  } else {
    delay_->stop();
    bar_->hide();
  }
}

bool PanelStack::showsLoadingBar() const {
  return !bar_->isHidden();
}

void PanelStack::resizeEvent(QResizeEvent*) {
  bar_->setGeometry(0, 0, width(), bar_->height());
}

}  // namespace hbev::ui
