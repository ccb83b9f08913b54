// Ports of this machine where nothing else meets.
#pragma once

#include <unistd.h>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace hbev::test {

/// A port that the system has chosen, taken for as long as this lives.
class FreePort {
 public:
  FreePort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, plain, length), 0);
    EXPECT_EQ(::getsockname(socket_, plain, &length), 0);
    number_ = ntohs(address.sin_port);
  }
  ~FreePort() { ::close(socket_); }
  FreePort(const FreePort&) = delete;
  FreePort& operator=(const FreePort&) = delete;
  int number() const { return number_; }
  /// From now on connections are taken, by somebody who never answers.
  void listen() { EXPECT_EQ(::listen(socket_, 4), 0); }

 private:
  int socket_, number_ = 0;
};

/// One that nobody has now. The system gives them out in no order, so that nobody else is given it soon.
inline int freePort() {
  return FreePort().number();
}

}  // namespace hbev::test
