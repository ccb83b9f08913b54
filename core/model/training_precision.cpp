#include "core/model/training_precision.h"

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {

void demandPrecision(const TrainingConfig& config, std::string_view device) {
  if (config.precision != "float16" || device.starts_with("cuda")) return;
  throw Error({.summary = "float16 trains on CUDA devices only",
               .file = {},
               .expected = "--device cuda",
               .found = std::string(device),
               .advice = "Take --set training.precision=float32; bfloat16 works here too, but slower."});
}

std::string precisionWarning(const TrainingConfig& config, std::string_view device) {
  if (config.precision == "float32" || device.starts_with("cuda")) return {};
  if (config.precision == "float16") return "float16 trains on CUDA devices only: take float32.";
  return fmt::format("{} is slower than float32 on a processor: it is meant for CUDA devices.",
                     config.precision);
}

}  // namespace hbev
