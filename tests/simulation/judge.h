// Knows the truth about a run and holds the parents' claims against it. It shares no code with the
// engine: the breaker, the restart bound and the counts have simple models of their own here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection.h"
#include "engine/call_ledger.h"
#include "engine/circuit_breaker.h"
#include "multifrost/metrics.h"

namespace multifrost::simulation {

/// How a call ended, as the outside sees it.
struct Ended {
  enum class How : std::uint8_t { answered, deadline, lost, cancelled } how = How::answered;
  Answer answer = Answer::result;
  Token answered_token = 0;  ///< of the call that the answer belongs to
  bool was_sent = false;
  std::uint64_t connection = 0;  ///< that it was sent on
  engine::Verdict verdict = engine::Verdict::unknown;
};

class Judge {
 public:
  explicit Judge(Schedule& schedule) : schedule_(schedule) {}

  // ---- calls
  Token began(int parent, int thread, Time deadline);
  void refused(int parent);
  void ended(Token call, const Ended& how);
  /// The breaker has been told of it.
  void counted(Token call);

  // ---- the worker's side: what truly happens
  void handler_began(Token call);
  void handler_ended(Token call) { calls_[call].finished = true; }

  // ---- a parent's breaker: what truly happened, then what it says
  /// So long a call that is a probe is waited for before another may be one.
  static constexpr Duration kProbePatience = 5s;
  void probes_by_call(int parent) { parents_[parent].by_call = true; }
  void threshold(int parent, int failures) { parents_[parent].threshold = failures; }
  void connected(int parent, std::uint64_t connection);
  void beat_missed(int parent, std::uint64_t connection, bool three);
  void beat_echoed(int parent, std::uint64_t connection);
  void probe_sent(int parent);
  void latched(int parent);
  void reset(int parent);
  void compare(int parent, const engine::CircuitBreaker& breaker);

  // ---- restarts
  void restart_limit(int parent, int attempts) { parents_[parent].limit = attempts; }
  void launched(int parent, bool by_user);
  void ready(int parent) { parents_[parent].ready_since = schedule_.now(); }
  void worker_ended(int parent);
  /// The parent looks after its worker no more.
  void let_go(int parent, bool runs);

  void saw(const std::string& what) { ++seen_[what]; }

  // ---- the end
  void recovered(int parent, bool well);
  void metrics(int parent, const Metrics& claimed);
  void all_ended();

  const std::vector<std::string>& violations() const { return violations_; }
  /// How often what happened.
  const std::map<std::string, std::uint64_t>& seen() const { return seen_; }
  std::uint64_t calls() const { return calls_.size() - 1; }

 private:
  struct Call {
    int parent = 0;
    int thread = 0;
    Time deadline = Time::max();
    bool began = false;  ///< the handler
    bool finished = false;
    std::optional<Ended> ended = std::nullopt;
  };
  enum class Circuit : std::uint8_t { closed, open, probing, latched };
  struct Parent {
    // breaker
    Circuit circuit = Circuit::closed;
    int threshold = 5;
    int streak = 0;
    std::uint64_t connection = 0;
    std::uint64_t trips = 0;
    // and where calls are its probes
    bool by_call = false;
    std::optional<Token> probe;  ///< is out
    Time probe_since{};
    Time calm_until{};  ///< no probe before
    // restarts
    int limit = 0;
    int in_a_row = 0;
    std::optional<Time> ready_since;
    // metrics
    std::uint64_t made = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;
  };

  void violation(const std::string& text);
  void judge_circuit(Parent& parent, const Ended& how);
  void lets_through(Parent& parent, Token call, const std::string& name);
  void open(Parent& parent, Circuit to);

  Schedule& schedule_;
  std::vector<Call> calls_{1};
  std::map<int, Parent> parents_;
  std::map<std::pair<int, int>, Token> last_handled_;
  std::map<std::string, std::uint64_t> seen_;
  std::vector<std::string> violations_;
  std::map<std::string, int> told_;  ///< of each invariant
};

}  // namespace multifrost::simulation
