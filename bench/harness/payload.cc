#include "harness/payload.h"

#include <random>

#include "harness/fail.h"

namespace bench {

std::string make_payload(std::size_t size) {
  std::string bytes(size, '\0');
  std::minstd_rand random(2463534242U);
  for (char& byte : bytes) byte = static_cast<char>(random() >> 8U);
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
