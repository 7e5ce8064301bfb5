// A small call allocates nothing once its buffer has grown: counted, since it decides the latency.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "multifrost/codec.h"

namespace {
std::atomic<int> allocations = 0;
}

// Every allocation of this program passes here; buffers grow by realloc and are looked at
// themselves.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace multifrost {
namespace {

TEST(Allocation, ASmallCallNeedsNone) {
  Encoder to;
  const auto write = [&to] {
    to.buffer().clear();
    to.begin_map(2);
    to.key("function");
    to.string("detect");
    to.key("args");
    to.begin_array(3);
    codec::I64::write(to, 1'000'000);
    codec::F64::write(to, 2.5);
    codec::String::write(to, "e6506280-a11c-425d-a584-e4f0e872d405");
    to.end_array();
    to.end_map();
  };
  write();
  const char* const memory = to.buffer().data();
  const int before = allocations;
  std::int64_t sum = 0;
  for (int round = 0; round < 100; ++round) {
    write();
    Decoder from(to.buffer().view());
    std::size_t count = 0;
    std::string_view text;
    std::int64_t number = 0;
    double real = 0;
    from.begin_map(count);
    from.key(text);
    from.string_view(text);
    from.key(text);
    from.begin_array(count);
    codec::I64::read(from, number);
    codec::F64::read(from, real);
    from.string_view(text);
    EXPECT_TRUE(from.finish());
    sum += number;
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(to.buffer().data(), memory);
  EXPECT_EQ(sum, 100'000'000);
}

}  // namespace
}  // namespace multifrost
