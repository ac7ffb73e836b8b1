#pragma once

#include <string>

#include "result.h"

namespace warmset {

/// Sends one datagram to a Unix socket: a path, or an abstract name behind `@` as sd_notify(3) writes it.
/// Never waits: EAGAIN when the receiver's queue is full. EINVAL for an empty name, ENAMETOOLONG for one that
/// no socket can have, EAFNOSUPPORT for what is neither (`vsock:`).
[[nodiscard]] Status send_notification(const std::string& address, const std::string& message) noexcept;

}  // namespace warmset
