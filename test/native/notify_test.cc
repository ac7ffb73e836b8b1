#include "core/notify.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

/// A receiver as systemd is one. The first byte of an abstract name is zero here.
UniqueFd receiver(const std::string& name, socklen_t length) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  REQUIRE(fd);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  REQUIRE(name.size() <= sizeof address.sun_path);
  std::copy(name.begin(), name.end(), std::begin(address.sun_path));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  return fd;
}

UniqueFd path_receiver(const std::string& path) {
  return receiver(path, static_cast<socklen_t>(path.size() + 1));
}

std::string received(const UniqueFd& fd) {
  std::string buffer(4096, '\0');
  const ssize_t got = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
  return got < 0 ? "nothing" : buffer.substr(0, static_cast<std::size_t>(got));
}

int refusal(const std::string& address) {
  const auto sent = send_notification(address, "READY=1");
  return sent ? 0 : sent.error().code;
}

}  // namespace

TEST_CASE("a path gets one datagram as it is") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("socket");
  const UniqueFd fd = path_receiver(path);
  REQUIRE(send_notification(path, "READY=1\nSTATUS=warm"));
  CHECK(received(fd) == "READY=1\nSTATUS=warm");
  CHECK(received(fd) == "nothing");
}

TEST_CASE("an abstract name has no zero byte at its end") {
  const std::string name = "warmset-notify-" + std::to_string(::getpid());
  const UniqueFd fd = receiver('\0' + name, static_cast<socklen_t>(name.size() + 1));
  REQUIRE(send_notification("@" + name, "WATCHDOG=1"));
  CHECK(received(fd) == "WATCHDOG=1");
  CHECK(refusal("@" + name + "x") == ECONNREFUSED);
}

TEST_CASE("names as long as names may be, and one byte more") {
  const std::string longest(sizeof(sockaddr_un::sun_path), 'n');
  const std::string abstract = '@' + longest.substr(1);
  const UniqueFd fd = receiver('\0' + longest.substr(1), static_cast<socklen_t>(longest.size()));
  REQUIRE(send_notification(abstract, "READY=1"));
  CHECK(received(fd) == "READY=1");
  CHECK(refusal(abstract + 'n') == ENAMETOOLONG);
  // ENOENT is the kernel's: it was asked.
  CHECK(refusal('/' + longest.substr(2)) == ENOENT);
  CHECK(refusal('/' + longest.substr(1)) == ENAMETOOLONG);
}

TEST_CASE("who isn't there or doesn't listen is an error, at once") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("socket");
  CHECK(refusal(path) == ENOENT);
  { const UniqueFd gone = path_receiver(path); }
  CHECK(refusal(path) == ECONNREFUSED);
  for (const std::string address : {"", "@", "/"}) CHECK(refusal(address) == EINVAL);
  for (const std::string address : {"vsock:2:1", "relative/path"}) CHECK(refusal(address) == EAFNOSUPPORT);
}

TEST_CASE("a receiver that doesn't read isn't waited for") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("socket");
  const UniqueFd fd = path_receiver(path);
  int code = 0;
  for (int sent = 0; sent < 100'000 && code == 0; ++sent) code = refusal(path);
  CHECK(code == EAGAIN);
}
