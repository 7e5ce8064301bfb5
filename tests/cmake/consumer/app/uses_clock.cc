// Knows nothing of shapes, so it must not be compiled again when they change.
#include <chrono>
#include <string>

#include "clock.mf.h"
#include "multifrost/in_process.h"

namespace {

class Utc final : public demo::clock::ClockWorker {
 public:
  std::chrono::sys_time<std::chrono::microseconds> now(multifrost::CallContext&) override {
    return {};
  }
  void advance(std::chrono::microseconds, multifrost::CallContext&) override {}
  std::string zone(multifrost::CallContext&) override { return "UTC"; }
};

}  // namespace

std::string zone();
std::string zone() {
  Utc utc;
  return multifrost::in_process<demo::clock::Clock>(utc).zone();
}
