#ifdef HBEV_HAS_GLOO

#include "core/train/distributed_watch.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/runs/launch_meeting.h"

namespace hbev {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr const char* kNothingSaid = "-";
constexpr const char* kVerdict = "verdict";
constexpr const char* kLaunchKey = "launch";
constexpr const char* kAddressKey = "address";
constexpr const char* kSilentMeeting = "Rank 0 has fallen silent before all processes had come";
constexpr double kIntervalsOfDoubt = 4;

std::chrono::steady_clock::time_point after(double seconds) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(Seconds(seconds));
}

std::vector<std::uint8_t> bytesOf(const std::string& text) {
  return {text.begin(), text.end()};
}

std::string rankKey(int rank) {
  return fmt::format("rank/{}", rank);
}

std::string strangerAt(const Launch& launch) {
  return fmt::format("What listens at {} port {} is not this training's rank 0", launch.host, launch.port);
}

std::string launchText(const Launch& launch) {
  return fmt::format("{} processes{}{}", launch.count, launch.id.empty() ? "" : ", start ", launch.id);
}

}  // namespace

Error endedError(const std::string& sentence) {
  return Error({.summary = sentence,
                .file = {},
                .expected = {},
                .found = {},
                .advice = "All processes of the training end; --resume goes on from the last checkpoint."});
}

Watchdog::Watchdog(std::function<void(const std::string&)> late)
    : late_(std::move(late)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Watchdog::expect(double seconds, const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  if (retired_) return;
  left_s_ = seconds;
  sentence_ = sentence;
  resting_ = false;
}

void Watchdog::rest() {
  const std::lock_guard lock(mutex_);
  resting_ = true;
}

void Watchdog::retire() {
  const std::lock_guard lock(mutex_);
  resting_ = retired_ = true;
}

void Watchdog::run(const std::stop_token& stop) {
  constexpr double kPart_s = 0.1;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, Seconds(kPart_s), [] { return false; });
    if (resting_ || stop.stop_requested()) continue;
    left_s_ -= kPart_s;
    if (left_s_ > 0) continue;
    resting_ = true;
    const std::string sentence = sentence_;
    lock.unlock();
    late_(sentence);
    lock.lock();
  }
}

PeerWatch::PeerWatch(const JoinOptions& options)
    : options_(options),
      interval_s_(std::clamp(options.patience_s / 10, 0.05, 1.)),
      watchdog_([this](const std::string& sentence) { stuck(sentence); }),
      store_(meetingPlace(options.launch.rank == 0)),
      beat_store_(meetingPlace(false)) {
  try {
    if (options_.launch.rank == 0) {
      store_->set(kVerdict, bytesOf(kNothingSaid));
      store_->set(kLaunchKey, bytesOf(launchText(options_.launch)));
    } else {
      demandSameLaunch();
      if (!met_at_.starts_with("127.") && met_at_ != "::1") store_->set(kAddressKey, bytesOf(met_at_));
    }
    waitForAll();
    met_at_.clear();
    if (store_->check({kAddressKey})) {
      const std::vector<std::uint8_t> said = store_->get(kAddressKey);
      met_at_.assign(said.begin(), said.end());
    }
  } catch (const Error& error) {
    watchdog_.rest();
    if (options_.launch.rank == 0) tellWhoHasCome(error.problem().summary);
    throw;
  } catch (const std::exception&) {  // the connection is broken
    watchdog_.rest();
    throw endedError("Rank 0 has ended before all processes had come");
  }
  watchdog_.expect(
      options_.connect_s,
      fmt::format("Rank {} does not reach the other processes over the network", options_.launch.rank));
  // Longer than the watchdog's: who is silent shall be called silent, not ended.
  for (const auto& store : {store_, beat_store_})
    store->setTimeout(std::chrono::milliseconds(std::int64_t(2000 * options_.patience_s)));
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

PeerWatch::~PeerWatch() {
  leaving();
  thread_.request_stop();
  if (thread_.joinable()) finish([this] { thread_.join(); });
  if (options_.launch.rank == 0 && gave_up_) linger();
}

c10::intrusive_ptr<c10d::TCPStore> PeerWatch::meetingPlace(bool server) {
  const Launch& launch = options_.launch;
  c10d::TCPStoreOptions options;
  options.port = std::uint16_t(launch.port);
  options.isServer = server;
  options.waitWorkers = false;
  options.timeout = std::chrono::milliseconds(std::int64_t(1000 * options_.answer_s));
  std::string host = "127.0.0.1";  // the first process meets itself whatever its machine is called
  if (server) demandFreePort(launch.port);
  if (launch.rank != 0) {
    watchdog_.rest();  // waiting for a listener has a patience of its own
    host = awaitListener(
        {.host = launch.host, .port = launch.port, .patience_s = options_.meeting_s, .look = [this] {
           look();
         }});
    met_at_ = host;
  }
  try {
    watchdog_.expect(options_.answer_s, strangerAt(launch));
    return c10::make_intrusive<c10d::TCPStore>(host, options);
  } catch (const std::exception& error) {
    watchdog_.rest();
    const std::string text = error.what();
    throw Error({.summary = fmt::format("Rank {} of {} cannot meet the others at {} port {}", launch.rank,
                                        launch.count, launch.host, launch.port),
                 .file = {},
                 .expected = server ? "a free port" : "rank 0 there",
                 .found = text.substr(0, text.find('\n')),
                 .advice = "MASTER_ADDR and MASTER_PORT say where rank 0 is met."});
  }
}

void PeerWatch::look() const {
  if (const std::string local = options_.local_failure(); !local.empty()) throw endedError(local);
  if (options_.stop_wanted()) throw endedError("Stopped before all processes had come");
}

/// Another training may meet at the same place, or a program that never answers listen there.
void PeerWatch::demandSameLaunch() {
  std::string found = "somebody else", silence = strangerAt(options_.launch);
  for (const auto until = after(std::min(options_.answer_s, options_.meeting_s));;) {
    watchdog_.expect(options_.answer_s, silence);
    const bool known = store_->check({kLaunchKey});
    silence = kSilentMeeting;
    if (known) {
      const std::vector<std::uint8_t> said = store_->get(kLaunchKey);
      found.assign(said.begin(), said.end());
      break;
    }
    if (std::chrono::steady_clock::now() > until) break;
    look();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const Launch& launch = options_.launch;
  const std::string ours = launchText(launch);
  if (found == ours) return;
  throw Error({.summary = fmt::format("Another training meets at {} port {}", launch.host, launch.port),
               .file = {},
               .expected = ours,
               .found = found,
               .advice = "Choose another MASTER_PORT (torchrun: --master_port)."});
}

void PeerWatch::waitForAll() {
  const Launch& launch = options_.launch;
  if (store_->add(rankKey(launch.rank), 1) > 1) {
    throw Error({.summary = fmt::format("Two processes of the training are rank {}", launch.rank),
                 .file = {},
                 .expected = fmt::format("each of the ranks 0 to {} once", launch.count - 1),
                 .found = {},
                 .advice = "Start all of them anew, each with a RANK of its own."});
  }
  store_->add("joined", 1);
  for (const auto until = after(options_.meeting_s);;) {
    watchdog_.expect(options_.answer_s, kSilentMeeting);
    const std::int64_t here = store_->add("joined", 0);
    if (here >= launch.count) return;
    if (const std::string said = publishedVerdict(); !said.empty()) throw endedError(said);
    try {
      look();
    } catch (const Error& error) {
      publish(fmt::format("Rank {} has ended: {}", launch.rank, error.problem().summary));
      throw;
    }
    if (std::chrono::steady_clock::now() > until) {
      throw Error({.summary = "Not all processes of the training have come",
                   .file = {},
                   .expected = fmt::format("{} within {:.0f} s", launch.count, options_.meeting_s),
                   .found = fmt::format("{}; {}", here, missingRanks()),
                   .advice = "Start all of them, with the same MASTER_ADDR and MASTER_PORT."});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// Why rank 0 ends, to those that wait already: what they read it from goes with it.
void PeerWatch::tellWhoHasCome(const std::string& summary) noexcept {
  publish(fmt::format("Rank 0 has ended: {}", summary));
  try {
    if (store_->add("joined", 0) > 1) linger();
  } catch (const std::exception&) {  // nobody can be told
  }
}

std::string PeerWatch::missingRanks() {
  constexpr std::size_t kNamed = 8;
  std::vector<int> missing;
  for (int rank = 0; rank < options_.launch.count && missing.size() <= kNamed; ++rank) {
    if (!store_->check({rankKey(rank)})) missing.push_back(rank);
  }
  const bool more = missing.size() > kNamed;
  if (more) missing.pop_back();
  return fmt::format("missing: {} {}{}", missing.size() == 1 ? "rank" : "ranks", fmt::join(missing, ", "),
                     more ? " and more" : "");
}

void PeerWatch::connected() {
  connecting_ = false;
}

void PeerWatch::leaving() {
  leaving_ = true;
  watchdog_.retire();
}

void PeerWatch::publish(const std::string& sentence) noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      why_ = sentence;
    }
    finish([&] { store_->compareSet(kVerdict, bytesOf(kNothingSaid), bytesOf(sentence)); });
  } catch (const std::exception&) {  // the first process, which keeps it, has ended
  }
  gave_up_ = true;
}

std::optional<std::string> PeerWatch::whoEnded() {
  suspicious_ = true;
  const auto until = after(kIntervalsOfDoubt * interval_s_ * 2 + 2);
  while (std::chrono::steady_clock::now() < until) {
    if (const std::string local = options_.local_failure(); !local.empty()) {
      publish(local);
      return local;
    }
    if (const std::string known = verdict(); !known.empty()) return known;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return std::nullopt;
}

std::string PeerWatch::verdict() {
  const std::lock_guard lock(mutex_);
  return verdict_;
}

std::string PeerWatch::publishedVerdict() {
  const std::vector<std::uint8_t> said = store_->get(kVerdict);
  const std::string text(said.begin(), said.end());
  return text == kNothingSaid ? "" : text;
}

void PeerWatch::run(const std::stop_token& stop) {
  std::vector<std::int64_t> beats(std::size_t(options_.launch.count), 0);
  std::vector<Time> changed(beats.size(), std::chrono::steady_clock::now());
  std::string found;
  const std::string silent = fmt::format("Rank 0 has been silent for {:.0f} s", options_.patience_s);
  for (Time before = std::chrono::steady_clock::now(); !stop.stop_requested() && found.empty();) {
    const Time now = std::chrono::steady_clock::now();
    // This process was suspended, and the others perhaps with it.
    if (Seconds(now - before).count() > options_.patience_s / 2) std::ranges::fill(changed, now);
    before = now;
    try {
      if (!connecting_) watchdog_.expect(options_.patience_s, silent);
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
  watchdog_.rest();
  // The training finds out by itself, when what it waits for breaks; else it must be ended.
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, Seconds(std::max(2., 5 * interval_s_)), [] { return false; });
  lock.unlock();
  if (!stop.stop_requested() && !leaving_) stuck(found);
}

std::string PeerWatch::silentOne(std::vector<std::int64_t>& beats, std::vector<Time>& changed) {
  const Time now = std::chrono::steady_clock::now();
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

void PeerWatch::stuck(const std::string& sentence) {
  std::call_once(stuck_once_, [&] { options_.stuck(sentence); });
}

void PeerWatch::finish(const std::function<void()>& work) {
  std::optional<Watchdog> last;
  try {
    std::unique_lock lock(mutex_);
    const std::string why = why_.empty() ? fmt::format("Rank {} cannot end", options_.launch.rank) : why_;
    lock.unlock();
    last.emplace([this](const std::string& sentence) { stuck(sentence); });
    last->expect(options_.answer_s,
                 fmt::format("{}; another process has been silent for {:.0f} s", why, options_.answer_s));
  } catch (const std::exception&) {  // no room for a thread: it ends unwatched
  }
  work();
}

/// The others read why this process ends before the place where they read it goes.
void PeerWatch::linger() const {
  std::this_thread::sleep_for(Seconds(std::min(2., 3 * interval_s_)));
}

}  // namespace hbev

#endif
