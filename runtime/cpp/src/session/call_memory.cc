#include "session/call_memory.h"

namespace multifrost::session {
namespace {

constexpr std::size_t kBlock = 512;  // an AsyncCall and its reference count
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kMost = 0;  // it finds use after free only in what is really freed
#else
constexpr std::size_t kMost = 1024;
#endif

struct Block {
  Block* next;
};

// A client of static duration may call after its thread's locals are gone (R10).
thread_local bool ended = false;

struct Stash {
  Block* first = nullptr;
  std::size_t count = 0;
  ~Stash() {
    ended = true;
    while (first != nullptr) {
      Block* const next = first->next;
      ::operator delete(first);
      first = next;
    }
  }
};
thread_local Stash stash;

}  // namespace

[[gnu::hot]] void* take_call_memory(std::size_t size) {
  if (size > kBlock) return ::operator new(size);
  if (ended || stash.first == nullptr) return ::operator new(kBlock);
  Block* const block = stash.first;
  stash.first = block->next;
  --stash.count;
  return block;
}

[[gnu::hot]] void give_call_memory(void* memory, std::size_t size) noexcept {
  if (size > kBlock) return ::operator delete(memory);
  if (ended || stash.count >= kMost) return ::operator delete(memory);
  stash.first = new (memory) Block{stash.first};
  ++stash.count;
}

}  // namespace multifrost::session
