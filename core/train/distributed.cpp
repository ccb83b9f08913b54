#include "core/train/distributed.h"

#include "core/base/error.h"

#ifndef HBEV_HAS_GLOO

namespace hbev {

std::string whyOneProcess() {
  return "this build has no Gloo (libgloo-dev)";
}

std::shared_ptr<JoinedPeers> joinPeers(const JoinOptions& options) {
  throw Error({.summary = "This build trains with one process",
               .file = {},
               .expected = "a build with Gloo",
               .found = std::to_string(options.launch.count) + " processes",
               .advice = "Install libgloo-dev and build again."});
}

}  // namespace hbev

#else

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace hbev {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

constexpr const char* kNothingSaid = "-";
constexpr const char* kVerdict = "verdict";

SteadyTime after(double seconds) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(Seconds(seconds));
}

std::vector<std::uint8_t> bytesOf(const std::string& text) {
  return {text.begin(), text.end()};
}

Error endedError(const std::string& sentence) {
  return Error({.summary = sentence,
                .file = {},
                .expected = {},
                .found = {},
                .advice = "All processes of the training end; --resume goes on from the last checkpoint."});
}

c10::intrusive_ptr<c10d::TCPStore> meetingPlace(const Launch& launch, bool server, double meeting_s) {
  c10d::TCPStoreOptions options;
  options.port = std::uint16_t(launch.port);
  options.isServer = server;
  options.waitWorkers = false;
  options.timeout = std::chrono::milliseconds(std::int64_t(1000 * meeting_s));
  try {
    return c10::make_intrusive<c10d::TCPStore>(launch.host, options);
  } catch (const std::exception& error) {
    const std::string text = error.what();
    throw Error({.summary = fmt::format("Rank {} of {} cannot meet the others at {} port {}", launch.rank,
                                        launch.count, launch.host, launch.port),
                 .file = {},
                 .expected = server ? "a free port" : "rank 0 there",
                 .found = text.substr(0, text.find('\n')),
                 .advice = "MASTER_ADDR and MASTER_PORT say where rank 0 is met."});
  }
}

/// Who lives: each process beats; the first watches all, the others what it has found.
class PeerWatch {
 public:
  /// Waits until all have come.
  explicit PeerWatch(const JoinOptions& options)
      : options_(options),
        interval_s_(std::clamp(options.patience_s / 10, 0.05, 1.)),
        store_(meetingPlace(options.launch, options.launch.rank == 0, options.meeting_s)),
        beat_store_(meetingPlace(options.launch, false, options.meeting_s)) {
    if (options_.launch.rank == 0) store_->set(kVerdict, bytesOf(kNothingSaid));
    waitForAll();
    for (const auto& store : {store_, beat_store_})
      store->setTimeout(std::chrono::milliseconds(std::int64_t(1000 * options_.patience_s)));
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~PeerWatch() {
    leaving_ = true;
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    if (options_.launch.rank == 0 && gave_up_) linger();
  }

  const c10::intrusive_ptr<c10d::TCPStore>& store() const { return store_; }
  void leaving() { leaving_ = true; }

  void publish(const std::string& sentence) noexcept {
    try {
      store_->compareSet(kVerdict, bytesOf(kNothingSaid), bytesOf(sentence));
    } catch (const std::exception&) {  // the first process, which keeps it, has ended
    }
    gave_up_ = true;
  }

  /// Who has ended, after a sum or the like has failed: waits until it is known.
  std::string sentence() {
    suspicious_ = true;
    const SteadyTime until = after(kIntervalsOfDoubt * interval_s_ * 2 + 2);
    while (std::chrono::steady_clock::now() < until) {
      if (const std::string local = options_.local_failure(); !local.empty()) {
        publish(local);
        return local;
      }
      if (const std::string known = verdict(); !known.empty()) return known;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return "Another process of the training has ended";
  }

 private:
  static constexpr double kIntervalsOfDoubt = 4;

  void waitForAll() {
    const std::int64_t count = options_.launch.count;
    store_->add("joined", 1);
    for (const SteadyTime until = after(options_.meeting_s);;) {
      const std::int64_t here = store_->add("joined", 0);
      if (here >= count) break;
      if (const std::string local = options_.local_failure(); !local.empty()) throw endedError(local);
      if (options_.stop_wanted()) throw endedError("Stopped before all processes had come");
      if (std::chrono::steady_clock::now() > until) {
        throw Error({.summary = "Not all processes of the training have come",
                     .file = {},
                     .expected = fmt::format("{} within {:.0f} s", count, options_.meeting_s),
                     .found = fmt::format("{}", here),
                     .advice = "Start all of them, with the same MASTER_ADDR and MASTER_PORT."});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::string verdict() {
    const std::lock_guard lock(mutex_);
    return verdict_;
  }

  void run(const std::stop_token& stop) {
    std::vector<std::int64_t> beats(std::size_t(options_.launch.count), 0);
    std::vector<SteadyTime> changed(beats.size(), std::chrono::steady_clock::now());
    std::string found;
    while (!stop.stop_requested() && found.empty()) {
      try {
        beat_store_->add(fmt::format("beat/{}", options_.launch.rank), 1);
        const std::vector<std::uint8_t> said = beat_store_->get(kVerdict);
        found.assign(said.begin(), said.end());
        if (found == kNothingSaid) found.clear();
        if (found.empty() && options_.launch.rank == 0) found = silentOne(beats, changed);
      } catch (const std::exception&) {
        found = "Rank 0 has ended without a word";
      }
      if (leaving_) return;
      std::unique_lock lock(mutex_);
      verdict_ = found;
      wake_.wait_for(lock, stop, Seconds(interval_s_), [] { return false; });
    }
    if (found.empty()) return;
    // The training finds out by itself, when what it waits for breaks; else it must be ended.
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, Seconds(std::max(2., 5 * interval_s_)), [] { return false; });
    lock.unlock();
    if (!stop.stop_requested() && !leaving_) options_.stuck(found);
  }

  std::string silentOne(std::vector<std::int64_t>& beats, std::vector<SteadyTime>& changed) {
    const SteadyTime now = std::chrono::steady_clock::now();
    const double patience_s = suspicious_ ? kIntervalsOfDoubt * interval_s_ : options_.patience_s;
    for (std::size_t rank = 1; rank < beats.size(); ++rank) {
      const std::int64_t beat = beat_store_->add(fmt::format("beat/{}", rank), 0);
      if (beat != beats[rank]) {
        beats[rank] = beat;
        changed[rank] = now;
      } else if (Seconds(now - changed[rank]).count() > patience_s) {
        const std::string sentence =
            suspicious_ ? fmt::format("Rank {} has ended without a word", rank)
                        : fmt::format("Rank {} has been silent for {:.0f} s", rank, patience_s);
        publish(sentence);
        return sentence;
      }
    }
    return {};
  }

  /// The others read why this process ends before the place where they read it goes.
  void linger() const { std::this_thread::sleep_for(Seconds(std::min(2., 3 * interval_s_))); }

  JoinOptions options_;
  double interval_s_;
  c10::intrusive_ptr<c10d::TCPStore> store_, beat_store_;
  std::atomic<bool> suspicious_{false}, leaving_{false}, gave_up_{false};
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string verdict_;
  std::jthread thread_;  // last: joins before the members that it uses go
};

c10::intrusive_ptr<c10d::ProcessGroupGloo> glooGroup(const c10::intrusive_ptr<c10d::TCPStore>& store,
                                                     const char* name, const Launch& launch) {
  // Who is silent is found by PeerWatch: a sum may wait for as long as the first process evaluates.
  auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::hours(24 * 30));
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface && *interface) {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(interface));
  } else if (launch.local_count == launch.count || launch.host == "127.0.0.1" || launch.host == "localhost") {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  } else {
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
  }
  return c10::make_intrusive<c10d::ProcessGroupGloo>(c10::make_intrusive<c10d::PrefixStore>(name, store),
                                                     launch.rank, launch.count, options);
}

#ifdef USE_C10D_NCCL
using SumGroup = c10d::ProcessGroupNCCL;

c10::intrusive_ptr<SumGroup> ncclGroup(const c10::intrusive_ptr<c10d::TCPStore>& store, const char* name,
                                       const Launch& launch) {
  auto options = SumGroup::Options::create();
  options->timeout = std::chrono::hours(24 * 30);
  return c10::make_intrusive<SumGroup>(c10::make_intrusive<c10d::PrefixStore>(name, store), launch.rank,
                                       launch.count, options);
}
#endif

class C10dPeers : public JoinedPeers {
 public:
  explicit C10dPeers(const JoinOptions& options) : launch_(options.launch), watch_(options) {
    withSentence([&] {
      control_ = glooGroup(watch_.store(), "control", launch_);
#ifdef USE_C10D_NCCL
      if (options.device.is_cuda()) {
        cards_ = ncclGroup(watch_.store(), "cards", launch_);
        card_gradients_ = ncclGroup(watch_.store(), "card-gradients", launch_);
        return;
      }
#endif
      gradients_ = glooGroup(watch_.store(), "gradients", launch_);
    });
  }

  int rank() const override {
    return launch_.rank;
  }
  int count() const override {
    return launch_.count;
  }

  void sum(const torch::Tensor& values) override {
    withSentence([&] {
      onGroup(values, [](auto& group, std::vector<at::Tensor>& tensors) { return group.allreduce(tensors); });
    });
  }

  std::function<void()> startSum(const torch::Tensor& values) override {
#ifdef USE_C10D_NCCL
    if (card_gradients_ && values.is_cuda()) {
      return waiting(withSentence([&] {
        std::vector<at::Tensor> tensors{values};
        return card_gradients_->allreduce(tensors);
      }));
    }
#endif
    if (!gradients_) throw Error({"Gradients on a card need a LibTorch with NCCL", {}, {}, {}, {}});
    std::vector<at::Tensor> tensors{values.is_cpu() ? values : values.cpu()};
    const auto wait = waiting(withSentence([&] { return gradients_->allreduce(tensors); }));
    if (values.is_cpu()) return wait;
    return [wait, values, sum = tensors[0]] {
      wait();
      values.copy_(sum);
    };
  }

  void copyFromFirst(const torch::Tensor& values) override {
    withSentence([&] {
      onGroup(values, [](auto& group, std::vector<at::Tensor>& tensors) { return group.broadcast(tensors); });
    });
  }

  torch::Tensor exchange(const torch::Tensor& values, std::span<const std::int64_t> sent,
                         std::span<const std::int64_t> received) override {
    std::int64_t size = 0;
    for (const std::int64_t part : received)
      size += part;
    torch::Tensor result = at::empty({size}, values.options());
    withSentence([&] {
      std::vector<std::int64_t> in(sent.begin(), sent.end()), out(received.begin(), received.end());
      onGroup(result, [&](auto& group, std::vector<at::Tensor>& tensors) {
        torch::Tensor input = values.to(tensors[0].device()).contiguous();
        auto work = group.alltoall_base(tensors[0], input, out, in);
        work->wait();
        return work;
      });
    });
    return result;
  }

  bool any(bool mine) override {
    const torch::Tensor wishes = at::full({1}, mine ? 1 : 0, at::kInt);
    withSentence([&] {
      std::vector<at::Tensor> tensors{wishes};
      control_->allreduce(tensors)->wait();
    });
    return wishes.item<int>() > 0;
  }

  void giveUp(const std::string& sentence) noexcept override {
    watch_.leaving();
    watch_.publish(fmt::format("Rank {} has ended: {}", launch_.rank, sentence));
  }

  void leave() override {
    any(false);  // it goes on beating until the last one is here
    watch_.leaving();
  }

 private:
  /// In place on `values`, by the group that reaches their device.
  template <class Start>
  void onGroup(const torch::Tensor& values, const Start& start) {
    std::vector<at::Tensor> tensors{values};
#ifdef USE_C10D_NCCL
    if (cards_ && values.is_cuda()) {
      start(*cards_, tensors)->wait();
      return;
    }
#endif
    if (!values.is_cpu()) tensors[0] = values.cpu();
    start(*control_, tensors)->wait();
    if (!values.is_cpu()) values.copy_(tensors[0]);
  }

  template <class Work>
  std::function<void()> waiting(const c10::intrusive_ptr<Work>& work) {
    return [this, work] { withSentence([&] { work->wait(); }); };
  }

  /// What a broken connection throws becomes a sentence on who has ended.
  template <class Do>
  auto withSentence(const Do& work) -> decltype(work()) {
    try {
      return work();
    } catch (const Error&) {
      throw;
    } catch (const std::exception&) {
      throw endedError(watch_.sentence());
    }
  }

  Launch launch_;
  PeerWatch watch_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> control_, gradients_;
#ifdef USE_C10D_NCCL
  c10::intrusive_ptr<SumGroup> cards_, card_gradients_;
#endif
};

}  // namespace

std::string whyOneProcess() {
  return {};
}

std::shared_ptr<JoinedPeers> joinPeers(const JoinOptions& options) {
  return std::make_shared<C10dPeers>(options);
}

}  // namespace hbev

#endif
