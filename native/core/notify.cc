#include "notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>

#include "unique_fd.h"

namespace warmset {

Status send_notification(const std::string& address, const std::string& message) noexcept {
  if (address.size() < 2) return SystemError{EINVAL, "sendto"};
  const bool abstract = address.front() == '@';
  if (!abstract && address.front() != '/') return SystemError{EAFNOSUPPORT, "sendto"};
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  // A path ends with a zero byte, which must fit; an abstract name begins with one instead, and has no end.
  if (address.size() + (abstract ? 0 : 1) > sizeof name.sun_path) return SystemError{ENAMETOOLONG, "sendto"};
  std::copy(address.begin(), address.end(), std::begin(name.sun_path));
  if (abstract) name.sun_path[0] = '\0';
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size() + (abstract ? 0 : 1));

  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return last_error("socket");
  const auto* target = reinterpret_cast<const sockaddr*>(&name);
  if (::sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL, target, length) < 0) {
    return last_error("sendto");
  }
  return Nothing{};
}

}  // namespace warmset
