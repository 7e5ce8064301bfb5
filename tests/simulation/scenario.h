// One run from one seed: parents of both modes with several threads each, their workers, and at
// least 20 faults; then everything heals, and the parents must be well again (spec 9.3).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "judge.h"
#include "parent.h"
#include "worker.h"

namespace multifrost::simulation {

struct Report {
  std::vector<std::string> violations;
  std::uint64_t faults = 0;
  std::uint64_t calls = 0;
  std::uint64_t late_answers = 0;
  std::uint64_t events = 0;
};

class Scenario {
 public:
  static constexpr int kFaults = 24;

  explicit Scenario(std::uint64_t seed, Bug bug = Bug::none);
  ~Scenario();
  Report run();
  const Judge& judge() const { return judge_; }

  class Process;
  class Service;

 private:
  void run_thread(Parent& parent, int thread, bool waits);
  void fault();
  void heal();
  std::uint64_t next_epoch() { return ++last_epoch_; }

  Schedule schedule_;
  Judge judge_;
  bool calling_ = true;
  std::vector<std::unique_ptr<Process>> processes_;
  std::unique_ptr<Service> service_;
  std::vector<std::unique_ptr<Parent>> parents_;
  std::uint64_t faults_ = 0;
  std::uint64_t last_epoch_ = 0;
};

}  // namespace multifrost::simulation
