#include "ui/training/run_follower.h"

#include <algorithm>

namespace hbev::ui {
namespace {

constexpr std::chrono::seconds kLastErrands(2);
constexpr int kMostDoublings = 4;

}  // namespace

RunFollower::RunFollower(RunWorker::Listener listener, const Limits& limits, Path folder,
                         std::set<Path> attached)
    : listener_(std::move(listener)), limits_(limits) {
  orders_.folder = std::move(folder);
  orders_.attached = std::move(attached);
  worker_ = std::make_unique<RunWorker>(listener_, limits_.every_ms, orders_);
}

RunFollower::~RunFollower() {
  worker_->finish(kLastErrands);
}

void RunFollower::setFolder(const Path& folder) {
  orders_.folder = folder;
  worker_->setOrders(orders_);
}

void RunFollower::attach(const Path& run) {
  orders_.attached.insert(run);
  worker_->setOrders(orders_);
}

void RunFollower::detach(const Path& run) {
  orders_.attached.erase(run);
  worker_->setOrders(orders_);
}

void RunFollower::setWanted(std::set<Path> runs) {
  if (orders_.wanted == runs) return;
  orders_.wanted = std::move(runs);
  worker_->setOrders(orders_);
}

void RunFollower::expect(const Path& run) {
  orders_.expected.insert(run);
  worker_->setOrders(orders_);
}

void RunFollower::forget(const Path& run) {
  if (orders_.expected.erase(run) > 0) worker_->setOrders(orders_);
}

std::vector<RunFollower::Change> RunFollower::supervise() {
  std::vector<Change> changes;
  for (const Held& each : held_) {
    if (each.worker->hasEnded() && orders_.unreachable.erase(each.place) > 0)
      changes.push_back({each.place, true});
  }
  if (!changes.empty()) {
    std::erase_if(held_, [](const Held& each) { return each.worker->hasEnded(); });
    worker_->setOrders(orders_);
  }
  const auto place = worker_->heldAt([this](const Path& at) {
    const auto before = times_held_.find(at);
    const int doublings = before == times_held_.end() ? 0 : std::min(before->second, kMostDoublings);
    return std::chrono::milliseconds(std::int64_t(limits_.patience_ms) << doublings);
  });
  if (!place) return changes;
  ++times_held_[*place];
  orders_.unreachable.insert(*place);
  auto errands = worker_->leave();
  held_.push_back({*place, std::move(worker_)});
  worker_ = std::make_unique<RunWorker>(listener_, limits_.every_ms, orders_, std::move(errands));
  changes.push_back({*place, false});
  return changes;
}

}  // namespace hbev::ui
