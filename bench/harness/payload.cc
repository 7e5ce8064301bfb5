#include "harness/payload.h"

#include <cstdint>
#include <cstring>
#include <random>

#include "harness/fail.h"

namespace bench {

std::string make_payload(std::size_t size) {
  std::string bytes(size, '\0');
  std::mt19937_64 random(2463534242U);
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random();
    std::memcpy(&bytes[at], &word, sizeof word);
  }
  return bytes;
}

void EchoCheck::operator()(std::string_view received) const {
  require(received.size() == sent_.size(), "an echo of another size came back");
  if (whole_) {
    require(received == sent_, "an echo of other bytes came back");
    return;
  }
  constexpr std::size_t kStep = 4099;
  for (std::size_t i = 0; i < sent_.size(); i += kStep) {
    require(received[i] == sent_[i], "an echo of other bytes came back");
  }
}

}  // namespace bench
