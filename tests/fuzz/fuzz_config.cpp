// Configurations (TOML): what is taken has sizes that can be computed with, and is the same written anew.
#include "core/model/config.h"
#include "tests/fuzz/target.h"

using namespace hbev;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::textOf(data, size);
  fuzz::readOrRefuse([&] {
    const ModelConfig config = parseModelConfig(text, "made.toml");
    fuzz::require(mistakesOf(config).empty(), "what was taken has no mistakes");
    fuzz::require(config.grid().size() > 0 && config.depthBins() > 0 && config.frames() > 1, "it has sizes");
    fuzz::require(config.classSet().size() > 1, "it has classes");
    const ModelConfig again = parseModelConfig(withSettings(text, {"name=again"}, "made.toml"), "again.toml");
    fuzz::require(again.name == "again" && again.grid() == config.grid(), "written anew it is the same");
  });
  return 0;
}
