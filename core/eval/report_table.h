// A split's scores as text: a table for the terminal, Markdown, CSV and JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/eval/split_report.h"

namespace hbev {

/// What a reader must know to trust the figures: of what they are.
struct ReportProvenance {
  std::string dataset;              ///< "nuscenes"
  std::string version;              ///< "v1.0-trainval"
  std::string labels;               ///< "openocc" or "occ3d"
  std::string predictions;          ///< the folder
  std::string prediction_format;    ///< "HBEVOcc / STCOcc"
  std::vector<std::string> scenes;  ///< the scenes asked for; all when empty
  std::size_t keyframes = 0;        ///< selected
  std::size_t without_truth = 0;    ///< of them, not scored
  std::size_t without_prediction = 0;
  std::size_t unusable = 0;
  std::string program;    ///< "hbevocc 0.1.0"
  std::string split{};    ///< "val"; shown in place of the scenes
  std::string weights{};  ///< hash of the network's weights
  std::string order{};    ///< "reference" where rays did not start in the keyframe's own scene
};

/// classTable(), then RayIoU, mAVE by both definitions, OccScore, mIoU; frames, origins and rays scored, what
/// was left out. "-" where there is no score.
std::string reportText(const SplitReport& report, const ReportProvenance& provenance);
/// The same as Markdown tables.
std::string reportMarkdown(const SplitReport& report, const ReportProvenance& provenance);
/// One line a class in full precision, then the means as class "mean". Empty fields where there is no score.
std::string reportCsv(const SplitReport& report);
/// Everything in full precision, counts and confusion tables too; null where there is no score.
std::string reportJson(const SplitReport& report, const ReportProvenance& provenance);

}  // namespace hbev
