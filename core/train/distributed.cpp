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

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "core/runs/launch_meeting.h"
#include "core/train/distributed_watch.h"

namespace hbev {
namespace {

using GlooDevice = std::shared_ptr< ::gloo::transport::Device>;

std::vector<GlooDevice> glooInterfaces(const std::string& names) {
  std::vector<GlooDevice> devices;
  std::stringstream stream(names);
  for (std::string name; std::getline(stream, name, ',');) {
    try {
      devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(name));
    } catch (const std::exception&) {
      throw Error({.summary = "The processes cannot reach each other over the network interface " + name,
                   .file = {},
                   .expected = "the name of an interface of this machine that is up",
                   .found = "GLOO_SOCKET_IFNAME=" + names,
                   .advice = "`ip address` lists them. Unset it to take the one that leads to rank 0."});
    }
  }
  return devices;
}

/// The network by which this process reaches the others and is reached: the one that leads to rank 0, whose
/// own machine may know itself by a loopback address only.
std::vector<GlooDevice> glooDevices(const Launch& launch, const std::string& met_at) {
  const char* interfaces = std::getenv("GLOO_SOCKET_IFNAME");
  if (interfaces && *interfaces) return glooInterfaces(interfaces);
  const bool one_machine = launch.local_count == launch.count || met_at.empty();
  const std::string address = one_machine ? "127.0.0.1" : addressTowards(met_at);
  return {address.empty() ? c10d::ProcessGroupGloo::createDefaultDevice()
                          : c10d::ProcessGroupGloo::createDeviceForHostname(address)};
}

c10::intrusive_ptr<c10d::ProcessGroupGloo> glooGroup(const c10::intrusive_ptr<c10d::TCPStore>& store,
                                                     const char* name, const Launch& launch,
                                                     const std::vector<GlooDevice>& devices) {
  // Who is silent is found by PeerWatch: a sum may wait for as long as the first process evaluates.
  auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::hours(24 * 30));
  options->devices = devices;
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
    try {
      connect(options);
      watch_.connected();
    } catch (const Error& error) {
      giveUp(error.problem().summary);
      throw;
    } catch (const std::exception& error) {
      failToConnect(error);
    }
  }

  ~C10dPeers() override {
    watch_.leaving();
    watch_.finish([this] { disconnect(); });
  }
  C10dPeers(const C10dPeers&) = delete;
  C10dPeers& operator=(const C10dPeers&) = delete;

  int rank() const override { return launch_.rank; }
  int count() const override { return launch_.count; }

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
    std::string_view clause = sentence;  // of a longer sentence
    if (clause.ends_with('.')) clause.remove_suffix(1);
    watch_.publish(fmt::format("Rank {} has ended: {}", launch_.rank, clause));
  }

  void leave() override {
    any(false);  // it goes on beating until the last one is here
    watch_.leaving();
  }

 private:
  void connect([[maybe_unused]] const JoinOptions& options) {
    const std::vector<GlooDevice> devices = glooDevices(launch_, watch_.metAt());
    control_ = glooGroup(watch_.store(), "control", launch_, devices);
#ifdef USE_C10D_NCCL
    if (options.device.is_cuda()) {
      cards_ = ncclGroup(watch_.store(), "cards", launch_);
      card_gradients_ = ncclGroup(watch_.store(), "card-gradients", launch_);
      return;
    }
#endif
    gradients_ = glooGroup(watch_.store(), "gradients", launch_, devices);
  }

  /// Waits for the sums that have begun.
  void disconnect() {
#ifdef USE_C10D_NCCL
    card_gradients_.reset();
    cards_.reset();
#endif
    gradients_.reset();
    control_.reset();
  }

  [[noreturn]] void failToConnect(const std::exception& error) {
    if (const auto sentence = watch_.whoEnded()) throw endedError(*sentence);
    const std::string summary =
        fmt::format("Rank {} does not reach the other processes over the network", launch_.rank);
    giveUp(summary);
    const std::string text = error.what();
    throw Error({.summary = summary,
                 .file = {},
                 .expected = {},
                 .found = text.substr(0, text.find('\n')),
                 .advice = "GLOO_SOCKET_IFNAME names the network interface that leads to the other machines; "
                           "firewalls must let them through."});
  }

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
      throw endedError(watch_.whoEnded().value_or("Another process of the training has ended"));
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
