// The four states of a panel: content, empty, error, and content that is being replaced.
#pragma once

#include <QtWidgets/QWidget>

#include "core/base/error.h"

class QStackedLayout;
class QTimer;

namespace hbev::ui {

class EmptyState;
class ErrorNotice;

class PanelStack : public QWidget {
  Q_OBJECT
 public:
  explicit PanelStack(QWidget* parent = nullptr);
  ~PanelStack() override;

  /// The stack owns them.
  void setContent(QWidget* content);
  void setEmptyState(EmptyState* empty);
  EmptyState* emptyState() const { return empty_; }
  ErrorNotice* errorNotice() const { return error_; }

  enum class Page { Content, Empty, Error };
  Page page() const { return page_; }
  /// Each ends the loading state.
  void showContent();
  void showEmpty();
  void showError(const Problem& problem);
  /// The old page stays; after 300 ms a 2 px accent bar runs along the top until something is shown.
  void setLoading(bool loading);
  /// True once the loading state has lasted 300 ms.
  bool showsLoadingBar() const;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  class LoadingBar;
  void showPage(Page page);

  QStackedLayout* layout_;
  LoadingBar* bar_;
  QTimer* delay_;
  QWidget* content_ = nullptr;
  EmptyState* empty_ = nullptr;
  ErrorNotice* error_;
  QWidget* error_page_;
  Page page_ = Page::Content;
  bool loading_ = false;
};

}  // namespace hbev::ui
