// Keyframes that somebody marked, kept in the user's settings by sample token.
#pragma once

#include <vector>

#include <QtCore/QStringList>

#include "core/data/dataset.h"
#include "core/data/sample_loader.h"

namespace hbev::ui {

class Bookmarks {
 public:
  /// Those of `dataset`; the ones of other data sets stay where they are.
  void load(const Dataset& dataset);
  /// Adds or removes; saved at once.
  void toggle(const Dataset& dataset, const FrameKey& key);
  /// In the order of the data set.
  const std::vector<FrameKey>& keys() const { return keys_; }
  /// The next one after `from`, around the end; nothing without bookmarks.
  std::optional<FrameKey> next(const FrameKey& from) const;

 private:
  std::vector<FrameKey> keys_;
};

}  // namespace hbev::ui
