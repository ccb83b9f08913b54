// Drives a fuzz target without libFuzzer: every file of its corpus, then mutations of them that are the same
// in every run.
//
//   fuzz_npy MUTATIONS FOLDER...
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "core/base/files.h"
#include "tests/fuzz/target.h"
#include "tests/io/damage.h"

extern "C" {
__attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t*, std::size_t, std::size_t, unsigned);
__attribute__((weak)) int LLVMFuzzerInitialize(int*, char***);
}

namespace {

constexpr std::size_t kLargest = std::size_t(1) << 16;
constexpr const char* kFindingFile = "finding.bin";

std::mt19937 g_random(1);    // of LLVMFuzzerMutate, which has no other place for it
std::string_view g_current;  // what a crash is about

extern "C" void keepFinding(int signal) {
  const int file = ::open(kFindingFile, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file >= 0 && ::write(file, g_current.data(), g_current.size()) >= 0) {
    constexpr char kText[] = "The input is kept in finding.bin\n";
    if (::write(STDERR_FILENO, kText, sizeof kText - 1) < 0) _exit(2);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& input) {
  g_current = input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::vector<std::string> corpusOf(const std::vector<std::string>& folders) {
  std::vector<std::filesystem::path> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> corpus;
  for (const auto& file : files) {
    const std::vector<std::byte> bytes = hbev::readFile(file, kLargest);
    corpus.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return corpus;
}

std::string mutated(const std::string& input, std::mt19937& random) {
  if (!LLVMFuzzerCustomMutator) return hbev::test::damaged(input, random);
  std::string result = input;
  result.resize(kLargest);
  const std::size_t size = LLVMFuzzerCustomMutator(reinterpret_cast<std::uint8_t*>(result.data()),
                                                   input.size(), kLargest, random());
  result.resize(size);
  return result;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
  std::string text = hbev::test::damaged({reinterpret_cast<const char*>(data), size}, g_random);
  if (text.empty()) text = "x";
  const std::size_t kept = std::min(text.size(), max_size);
  std::memcpy(data, text.data(), kept);
  return kept;
}

int main(int argc, char** argv) try {
  if (argc < 3) {
    fmt::print(stderr, "usage: {} MUTATIONS CORPUS...\n", argv[0]);
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE})
    std::signal(signal, keepFinding);
  if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
  const std::vector<std::string> corpus = corpusOf({argv + 2, argv + argc});
  if (corpus.empty()) {
    fmt::print(stderr, "The corpus is empty.\n");
    return 1;
  }
  for (const std::string& input : corpus)
    run(input);
  std::mt19937 random(1);
  const int mutations = std::atoi(argv[1]);
  for (int i = 0; i < mutations; ++i)
    run(mutated(corpus[random() % corpus.size()], random));
  fmt::print("{} files and {} mutations of them\n", corpus.size(), mutations);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "FINDING: {}\n", error.what());
  std::raise(SIGABRT);
  return 1;
}
