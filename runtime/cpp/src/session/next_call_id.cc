#include "session/next_call_id.h"

#include <random>

#include "session/process_epoch.h"

namespace multifrost::session {
namespace {

engine::CallIdGenerator::Seed fresh_seed() {
  std::random_device entropy;
  engine::CallIdGenerator::Seed seed;
  for (auto& word : seed) word = (std::uint64_t{entropy()} << 32) | entropy();
  return seed;
}

struct Source {
  std::uint32_t epoch = process_epoch();
  engine::CallIdGenerator generator{fresh_seed()};
};

engine::CallIdGenerator& generator() {
  thread_local Source source;
  if (source.epoch != process_epoch()) source = Source{};
  return source.generator;
}

}  // namespace

engine::CallId next_call_id() { return generator().next(); }
std::uint64_t random_number() { return generator().random(); }

}  // namespace multifrost::session
