#include "core/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Program shell(const std::string& script, const std::string& argument) {
  return {"sh", {"a name of its own", "-c", script, "sh", argument}, {"PATH=/usr/bin:/bin", "ODD=\xff"}};
}

/// Runs `body`, which should become another program, in a child; its exit code, or 128 + its signal.
int in_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    body();
    ::_exit(99);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool is_ignored(int number) {
  struct sigaction action = {};
  ::sigaction(number, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

}  // namespace

TEST_CASE("a process becomes a program that PATH has, with bytes as they are and nothing else of ours") {
  const TemporaryDirectory directory;
  const std::string out = directory.file("out");
  // 200 is open without close-on-exec; an ignored SIGPIPE and a blocked SIGTERM would be inherited.
  const std::string script =
      "printf '%s|%s|' \"$ODD\" \"$HOME\" > \"$1\"; [ -e /proc/self/fd/200 ] && echo open >> \"$1\";"
      "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -s '\\n\\t' '  ' >> \"$1\"; echo kept; exit 7";
  const int code = in_child([&] {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    ::dup2(2, 200);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), 1);
    ::fcntl(1, F_SETFD, FD_CLOEXEC);
    static_cast<void>(replace_process(shell(script, out)));
  });
  CHECK(code == 7);
  CHECK(content(out) == "\xff||SigBlk: 0000000000000000 SigIgn: 0000000000000000 kept\n");
}

TEST_CASE("standard streams wait again where Node made them non-blocking") {
  const auto ends = make_pipe();
  REQUIRE(ends);
  const auto [reading, writing] = ends.value();
  ::fcntl(reading, F_SETFL, O_NONBLOCK);
  REQUIRE(::write(writing, "late\n", 5) == 5);
  const int code = in_child([fd = reading] {
    ::dup2(fd, 0);
    static_cast<void>(replace_process(shell("read line && [ \"$line\" = late ]", "")));
  });
  CHECK(code == 0);
  // The child shares the description: it is the flag here that was cleared.
  CHECK((::fcntl(reading, F_GETFL) & O_NONBLOCK) == 0);
  ::close(reading);
  ::close(writing);
}

TEST_CASE("what can't be run says why, and everything is as it was") {
  const TemporaryDirectory directory;
  std::ofstream(directory.file("text")) << "exit 0\n";
  ::signal(SIGPIPE, SIG_IGN);
  CHECK(replace_process({directory.file("absent"), {"x"}, {}}).code == ENOENT);
  CHECK(replace_process({directory.file("text"), {"x"}, {}}).code == EACCES);
  CHECK(is_ignored(SIGPIPE));
  ::signal(SIGPIPE, SIG_DFL);
  CHECK(start_orphan({directory.file("absent"), {"x"}, {}}, true).error().code == ENOENT);
}

TEST_CASE("who gives way hands over descriptors and pending signals, and nothing else") {
  const TemporaryDirectory directory;
  const std::string out = directory.file("out");
  // Not a shell: some unblock everything. 2 is for a file that isn't there, which 201 shouldn't be.
  const Program program = {"/bin/grep",
                           {"grep", "-hsE", "^(ShdPnd|SigBlk):|^held", "/proc/self/status",
                            "/proc/self/fd/200", "/proc/self/fd/201"},
                           {}};
  const int code = in_child([&] {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    ::kill(::getpid(), SIGUSR1);
    const auto held = hold_bytes("held\n");
    if (!held) ::_exit(98);
    ::dup2(held.value(), 200);
    ::dup2(2, 201);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), 1);
    static_cast<void>(hand_over(program, {{200}, {SIGUSR1, SIGTERM}}));
  });
  CHECK(code == 2);
  CHECK(content(out) == "ShdPnd:\t0000000000000200\nSigBlk:\t0000000000004200\nheld\n");
}

TEST_CASE("who can't give way goes on as before") {
  const auto signals = make_signal_descriptor({SIGUSR1});
  REQUIRE(signals);
  const UniqueFd owned(signals.value());
  CHECK(hand_over({"/nothing/here", {"x"}, {}}, {{owned.get()}, {SIGUSR1}}).code == ENOENT);
  CHECK((::fcntl(owned.get(), F_GETFD) & FD_CLOEXEC) != 0);
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  CHECK(sigismember(&mask, SIGUSR1) == 0);
}

TEST_CASE("an orphan is nobody's child, leads its session and outlives the call") {
  const TemporaryDirectory directory;
  const std::string out = directory.file("out");
  const std::string script =
      "sleep 0.05; read -r _ _ _ _ _ session _ < /proc/$$/stat;"
      "readlink /proc/self/fd/0 > \"$1.part\"; echo \"$session $$\" >> \"$1.part\"; mv \"$1.part\" \"$1\"";
  REQUIRE(start_orphan(shell(script, out), false).ok());
  CHECK(content(out).empty());
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  REQUIRE(eventually([&] { return !content(out).empty(); }));
  const auto said = content(out);
  CHECK(said.starts_with("/dev/null\n"));
  CHECK(said.find(std::to_string(::getsid(0)) + " ") == std::string::npos);
}

TEST_CASE("one ended child is collected, and no other") {
  const pid_t first = ::fork();
  if (first == 0) ::_exit(3);
  const pid_t second = ::fork();
  if (second == 0) {
    ::pause();
    ::_exit(0);
  }
  CHECK(eventually([&] {
    const auto reaped = reap_child(first);
    return reaped && reaped.value();
  }));
  CHECK(reap_child(first).error().code == ECHILD);
  CHECK(reap_child(second).value() == false);
  ::kill(second, SIGKILL);
  CHECK(::waitpid(second, nullptr, 0) == second);
}
