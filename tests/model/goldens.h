// The reference's golden numbers of a forward pass: the folder in HBEV_PARITY_DIR, or tests/data/parity.
// Salt, matrices and sizes are read from its files.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/io/npz.h"
#include "core/model/hbevocc.h"

namespace hbev::test {

std::filesystem::path parityFolder();
/// tests/data/parity, whatever HBEV_PARITY_DIR says: for tests that need some network, not some reference.
std::filesystem::path ownParityFolder();
/// Whether HBEV_PARITY_DIR names a folder: only then the full-size networks run, which takes minutes.
bool parityFolderGiven();
/// Which of these files the folder in HBEV_PARITY_DIR lacks, as a sentence to skip a test with. Empty when it
/// lacks none, and of the project's own folder, which must have them: there their absence is a failure.
std::string lackingFiles(std::initializer_list<const char*> files);
/// Width and height of pipeline_image.png, by its header.
std::pair<int, int> goldenPictureSize();
nlohmann::json readJson(const std::filesystem::path& file);
std::uint64_t paritySalt();
/// The sizes of the tiny network, as forward_tiny.json writes them.
ModelConfig tinyParityConfig();

/// The processor, and a card where there is one.
std::vector<at::DeviceType> testDevices();

/// An array of an .npz as a tensor of the same type and shape.
torch::Tensor tensorOf(const NpzReader& file, const std::string& name);

/// How far a stage may be from its golden values.
class Tolerance {
 public:
  /// `sensitivity` is a file of the largest change of each stage under weights that were moved by half an
  /// ulp. Where there is no such file, a share that the reference's own networks stay within.
  explicit Tolerance(const std::filesystem::path& sensitivity);
  /// For double precision: a share of the stage's largest value.
  explicit Tolerance(double share) : share_(share) {}
  double of(const std::string& stage, double largest) const;

 private:
  nlohmann::json stages_;
  double share_ = 0;
};

/// Compares each stage of a forward pass with a file, as it is told.
class ForwardGoldens {
 public:
  ForwardGoldens(const std::filesystem::path& file, Tolerance tolerance);

  /// The inputs, in the type that the network has.
  NetworkInput input(const ModelConfig& config, at::ScalarType type) const;
  /// Compares when the file has the stage.
  void compare(const std::string& stage, const torch::Tensor& result);
  StageListener listener();
  /// Compares what follows from the logits: where two classes are within the tolerance of each other, either
  /// may be chosen.
  void compareOutput(const NetworkOutput& output, const ClassSet& classes);
  /// A failure for every array of the file that nothing was compared with.
  void expectAllCompared() const;

 private:
  void compareStored(const std::string& stage, const torch::Tensor& result);
  void compareSampled(const std::string& stage, const torch::Tensor& result);
  void compareValues(const std::string& stage, const torch::Tensor& ours, const torch::Tensor& golden);
  void compareSplat(const std::string& suffix);
  void compareMask(const torch::Tensor& visible);
  void comparePlaces(const torch::Tensor& visible);
  void compareClasses(const torch::Tensor& logits);
  /// Whole numbers, as the file has them (or every so many of them): nearly all must be the same.
  void compareNumbers(const std::string& name, const torch::Tensor& ours);

  NpzReader file_;
  Tolerance tolerance_;
  std::set<std::string> compared_;
  std::map<std::string, torch::Tensor> kept_;  // what is compared together with a later stage
};

}  // namespace hbev::test
