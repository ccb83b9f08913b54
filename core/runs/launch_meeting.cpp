#include "core/runs/launch_meeting.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/error.h"

namespace hbev {
namespace {

using MeetingClock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

constexpr std::chrono::milliseconds kBetweenTries(200);
constexpr int kAnswer_ms = 3000;  // what a connection may take
constexpr const char* kAdvice =
    "MASTER_ADDR and MASTER_PORT say where rank 0 is met; firewalls must let the others through.";

class MeetingSocket {
 public:
  explicit MeetingSocket(int descriptor) : descriptor_(descriptor) {}
  ~MeetingSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  MeetingSocket(const MeetingSocket&) = delete;
  MeetingSocket& operator=(const MeetingSocket&) = delete;
  operator int() const { return descriptor_; }

 private:
  int descriptor_;
};

/// 0, or why the name has no address: getaddrinfo's.
int resolve(const std::string& host, int port, int type, Addresses& addresses) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = type;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  addresses.reset(found);
  return code;
}

std::string inNumbers(const sockaddr* address, socklen_t length) {
  std::array<char, NI_MAXHOST> text{};
  const int code =
      ::getnameinfo(address, length, text.data(), socklen_t(text.size()), nullptr, 0, NI_NUMERICHOST);
  return code == 0 ? text.data() : "";
}

bool isLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/// 0 when somebody listens there, else errno's reason. Waits in small parts, so that `look` is heard.
int tryToConnect(const addrinfo& address, const std::function<void()>& look) {
  const MeetingSocket socket(
      ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
  if (socket < 0) return errno;
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd ready{.fd = socket, .events = POLLOUT, .revents = 0};
  for (int waited_ms = 0; ::poll(&ready, 1, int(kBetweenTries.count())) <= 0;) {
    look();
    waited_ms += int(kBetweenTries.count());
    if (waited_ms >= kAnswer_ms) return ETIMEDOUT;
  }
  int reason = 0;
  socklen_t length = sizeof(reason);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &reason, &length);
  return reason;
}

[[noreturn]] void failToMeet(const MeetingOptions& options, const std::string& found, double waited_s) {
  throw Error({.summary = fmt::format("Rank 0 cannot be met at {} port {}", options.host, options.port),
               .file = {},
               .expected = fmt::format("rank 0 there within {:.0f} s", waited_s),
               .found = found,
               .advice = kAdvice});
}

/// The first address of this machine that others may see.
std::string outwardAddress() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, &::freeifaddrs);
  for (const ifaddrs* entry = first; entry; entry = entry->ifa_next) {
    const unsigned wanted = IFF_UP | IFF_RUNNING;
    if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET || isLoopback(entry->ifa_addr)) continue;
    if ((entry->ifa_flags & wanted) == wanted) return inNumbers(entry->ifa_addr, sizeof(sockaddr_in));
  }
  return {};
}

}  // namespace

std::string awaitListener(const MeetingOptions& options) {
  const auto begin = MeetingClock::now();
  const auto waited = [&] { return std::chrono::duration<double>(MeetingClock::now() - begin).count(); };
  double known_s = 0;  // when the name had an address last
  while (true) {
    options.look();
    Addresses addresses(nullptr, &::freeaddrinfo);
    const int code = resolve(options.host, options.port, SOCK_STREAM, addresses);
    const double name_patience_s = std::min(options.name_patience_s, options.patience_s);
    if (code == 0) {
      known_s = waited();
    } else if (waited() - known_s > name_patience_s) {
      failToMeet(options, fmt::format("no such machine ({})", ::gai_strerror(code)), name_patience_s);
    }
    int reason = 0;
    for (const addrinfo* address = addresses.get(); address; address = address->ai_next) {
      reason = tryToConnect(*address, options.look);
      if (reason == 0) return inNumbers(address->ai_addr, address->ai_addrlen);
    }
    if (code == 0 && waited() > options.patience_s)
      failToMeet(options, fmt::format("nobody ({})", std::strerror(reason)), options.patience_s);
    std::this_thread::sleep_for(kBetweenTries);
  }
}

void demandFreePort(int port) {
  const MeetingSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      ::listen(socket, 1) == 0) {
    return;
  }
  throw Error(
      {.summary = fmt::format("The processes cannot meet at port {} of this machine", port),
       .file = {},
       .expected = "a free port",
       .found = std::strerror(errno),
       .advice = "Another training may use it: choose another MASTER_PORT (torchrun: --master_port)."});
}

std::string addressTowards(const std::string& host) {
  Addresses addresses(nullptr, &::freeaddrinfo);
  constexpr int kAnyPort = 9;
  if (resolve(host, kAnyPort, SOCK_DGRAM, addresses) != 0) return outwardAddress();
  for (const addrinfo* address = addresses.get(); address; address = address->ai_next) {
    // A datagram socket's connection sends nothing; it asks for the route.
    const MeetingSocket socket(::socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_storage own{};
    socklen_t length = sizeof(own);
    auto* plain = reinterpret_cast<sockaddr*>(&own);
    if (socket < 0 || ::connect(socket, address->ai_addr, address->ai_addrlen) != 0 ||
        ::getsockname(socket, plain, &length) != 0 || isLoopback(plain)) {
      continue;
    }
    return inNumbers(plain, length);
  }
  return outwardAddress();
}

}  // namespace hbev
