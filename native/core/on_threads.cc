#include "on_threads.h"

#include <pthread.h>

#include <vector>

namespace warmset {
namespace {

constexpr std::size_t kStackBytes = 256ULL * 1024;

struct Call {
  const std::function<void(std::size_t)>* body;
  std::size_t index;
};

void* run_call(void* raw) {
  const Call& call = *static_cast<const Call*>(raw);
  (*call.body)(call.index);
  return nullptr;
}

}  // namespace

void on_threads(std::size_t threads, const std::function<void(std::size_t)>& body) {
  std::vector<Call> calls;
  for (std::size_t index = 1; index < threads; ++index) calls.push_back({&body, index});
  std::vector<pthread_t> others;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  for (Call& call : calls) {
    pthread_t thread = {};
    if (pthread_create(&thread, &attributes, run_call, &call) != 0) break;
    others.push_back(thread);
  }
  pthread_attr_destroy(&attributes);
  body(0);
  for (const pthread_t thread : others) pthread_join(thread, nullptr);
}

}  // namespace warmset
