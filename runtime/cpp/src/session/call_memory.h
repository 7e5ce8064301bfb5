// Memory of asynchronous calls, kept by each thread for its next ones: with hundreds of them in
// flight the system's allocator takes as long as everything else that begins a call.
#pragma once

#include <cstddef>
#include <new>

namespace multifrost::session {

/// For a call's object; from the system when it is greater than the blocks that are kept. Any
/// thread, also one that is ending. Throws std::bad_alloc.
void* take_call_memory(std::size_t size);
/// `size` as it was taken.
void give_call_memory(void* memory, std::size_t size) noexcept;

/// For std::allocate_shared.
template <class T>
struct CallAllocator {
  using value_type = T;

  CallAllocator() noexcept = default;
  template <class Other>
  CallAllocator(const CallAllocator<Other>&) noexcept {}  // NOLINT: as allocators convert

  T* allocate(std::size_t count) { return static_cast<T*>(take_call_memory(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept {
    give_call_memory(memory, count * sizeof(T));
  }
  template <class Other>
  bool operator==(const CallAllocator<Other>&) const noexcept {
    return true;
  }
};

}  // namespace multifrost::session
