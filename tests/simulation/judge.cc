#include "judge.h"

namespace multifrost::simulation {

using engine::Verdict;

void Judge::violation(const std::string& text) {
  if (++told_[text.substr(0, text.find(':'))] > 3) return;
  const auto time =
      std::chrono::duration_cast<std::chrono::microseconds>(schedule_.now().time_since_epoch());
  violations_.push_back(text + " (at " + std::to_string(time.count()) + " us)");
}

void Judge::refused(int parent) {
  ++parents_[parent].refused;
  if (parents_[parent].circuit != Circuit::closed) return;
  violation("breaker: of parent " + std::to_string(parent) + " refuses while it is closed");
}

Token Judge::began(int parent, int thread, Time deadline) {
  ++parents_[parent].made;
  calls_.push_back({.parent = parent, .thread = thread, .deadline = deadline});
  const Token token = calls_.size() - 1;
  if (parents_[parent].circuit != Circuit::closed) {
    lets_through(parents_[parent], token, "breaker: of parent " + std::to_string(parent));
  }
  return token;
}

/// A call that begins although the circuit is open.
void Judge::lets_through(Parent& parent, Token call, const std::string& name) {
  if (!parent.by_call || parent.circuit == Circuit::latched) {
    return violation(name + " lets a call through");
  }
  if (parent.probe && schedule_.now() < parent.probe_since + kProbePatience) {
    return violation(name + " lets a second call through");
  }
  if (schedule_.now() < parent.calm_until) violation(name + " probes too early");
  ++seen_[parent.probe ? "probe given up" : "probe by call"];
  parent.circuit = Circuit::probing;
  parent.probe = call;
  parent.probe_since = schedule_.now();
}

void Judge::ended(Token token, const Ended& how) {
  Call& call = calls_[token];
  const std::string name = "call " + std::to_string(token);
  if (call.ended) return violation("once: " + name + " ended twice");
  call.ended = how;
  if (schedule_.now() > call.deadline) violation("deadline: " + name + " ended too late");
  const bool answered = how.how == Ended::How::answered;
  if (answered && how.answered_token != token) {
    violation("crossed: " + name + " got the answer of " + std::to_string(how.answered_token));
  }
  if (how.verdict == Verdict::executed && !call.finished) {
    violation("verdict: " + name + " never ran to its end and is said to have");
  }
  if (how.verdict == Verdict::not_executed && call.began) {
    violation("verdict: " + name + " ran and is said not to have");
  }
  Parent& parent = parents_[call.parent];
  const bool success = answered && how.answer == Answer::result;
  ++(success ? parent.succeeded : parent.failed);
  if (answered) ++parent.answered;
  static constexpr const char* kHow[] = {"answered", "deadline", "lost", "cancelled"};
  static constexpr const char* kVerdict[] = {" not executed", " executed", " unknown"};
  ++seen_[std::string(kHow[static_cast<int>(how.how)]) + kVerdict[static_cast<int>(how.verdict)]];
}

void Judge::counted(Token token) {
  const Call& call = calls_[token];
  Parent& parent = parents_[call.parent];
  judge_circuit(parent, *call.ended);
  if (parent.probe != token) return;
  parent.probe.reset();
  if (parent.circuit == Circuit::closed) ++seen_["closed by a call"];
  if (parent.circuit != Circuit::probing) return;
  parent.circuit = Circuit::open;
  parent.calm_until = schedule_.now() + 1s;
}

void Judge::handler_began(Token token) {
  Call& call = calls_[token];
  const std::string name = "call " + std::to_string(token);
  if (call.began) violation("once: " + name + " ran twice");
  call.began = true;
  if (call.ended && call.ended->verdict == Verdict::not_executed) {
    violation("verdict: " + name + " runs after it was said not to");
  }
  // Tokens are given in the order in which a thread makes its calls.
  Token& last = last_handled_[{call.parent, call.thread}];
  if (token < last) violation("order: " + name + " ran after " + std::to_string(last));
  last = token;
}

void Judge::judge_circuit(Parent& parent, const Ended& how) {
  if (!how.was_sent || how.connection != parent.connection) return;
  if (parent.circuit == Circuit::latched) return;
  const bool answered = how.how == Ended::How::answered;
  if (answered && (how.answer == Answer::result || how.answer == Answer::declared_error)) {
    parent.circuit = Circuit::closed;
    parent.streak = 0;
  } else if ((answered || how.how == Ended::How::deadline) && parent.circuit == Circuit::closed &&
             ++parent.streak == parent.threshold) {
    open(parent, Circuit::open);
  }
}

void Judge::open(Parent& parent, Circuit to) {
  if (parent.circuit == Circuit::closed) ++parent.trips;
  parent.calm_until = schedule_.now() + 500ms;
  parent.circuit = to;
  ++seen_[to == Circuit::latched ? "latched" : "opened"];
}

void Judge::connected(int number, std::uint64_t connection) {
  Parent& parent = parents_[number];
  parent.connection = connection;
  if (parent.circuit == Circuit::closed) parent.streak = 0;
  if (parent.circuit == Circuit::probing && !parent.probe) parent.circuit = Circuit::open;
  parent.calm_until = schedule_.now();
}

void Judge::beat_missed(int number, std::uint64_t connection, bool three) {
  Parent& parent = parents_[number];
  if (connection != parent.connection) return;
  if (parent.circuit == Circuit::closed && three) open(parent, Circuit::open);
  if (parent.circuit == Circuit::probing && !parent.by_call) parent.circuit = Circuit::open;
}

void Judge::beat_echoed(int number, std::uint64_t connection) {
  Parent& parent = parents_[number];
  if (connection != parent.connection || parent.circuit != Circuit::probing) return;
  if (parent.by_call) return;
  parent.circuit = Circuit::closed;
  parent.streak = 0;
  ++seen_["closed by a probe"];
}

void Judge::probe_sent(int number) {
  Parent& parent = parents_[number];
  if (parent.circuit == Circuit::open && !parent.by_call) parent.circuit = Circuit::probing;
}

void Judge::latched(int number) { open(parents_[number], Circuit::latched); }

void Judge::reset(int number) {
  parents_[number].circuit = Circuit::closed;
  parents_[number].streak = 0;
  parents_[number].in_a_row = 0;
}

void Judge::compare(int number, const engine::CircuitBreaker& breaker) {
  using State = engine::CircuitBreaker::State;
  static constexpr State kStates[] = {State::closed, State::open, State::half_open,
                                      State::forced_open};
  const Circuit circuit = parents_[number].circuit;
  const int streak = parents_[number].streak;
  if (circuit == Circuit::closed && breaker.failures() != streak) {
    violation("breaker: of parent " + std::to_string(number) + " counts " +
              std::to_string(breaker.failures()) + " failures instead of " +
              std::to_string(streak));
  }
  if (breaker.state() == kStates[static_cast<int>(circuit)]) return;
  violation("breaker: of parent " + std::to_string(number) + " is in state " +
            std::to_string(static_cast<int>(breaker.state())) + " instead of " +
            std::to_string(static_cast<int>(circuit)));
}

void Judge::launched(int number, bool by_user) {
  Parent& parent = parents_[number];
  parent.in_a_row = by_user ? 0 : parent.in_a_row + 1;
  ++seen_[by_user ? "started" : "restarted"];
  if (parent.in_a_row > parent.limit) {
    violation("restart: attempt " + std::to_string(parent.in_a_row) + " of " +
              std::to_string(parent.limit));
  }
}

void Judge::worker_ended(int number) {
  Parent& parent = parents_[number];
  if (parent.ready_since && schedule_.now() - *parent.ready_since >= 10s) parent.in_a_row = 0;
  parent.ready_since.reset();
}

void Judge::let_go(int number, bool runs) {
  if (runs) violation("stop: parent " + std::to_string(number) + " has let go of what still runs");
}

void Judge::recovered(int number, bool well) {
  if (!well) violation("recovery: parent " + std::to_string(number) + " is not well again");
}

void Judge::metrics(int number, const Metrics& claimed) {
  const Parent& parent = parents_[number];
  const auto hold = [&](const char* what, std::uint64_t claim, std::uint64_t truth) {
    if (claim == truth) return;
    violation("metrics: " + std::string(what) + " of parent " + std::to_string(number) + " is " +
              std::to_string(claim) + " instead of " + std::to_string(truth));
  };
  hold("total_calls", claimed.total_calls, parent.made);
  hold("successful_calls", claimed.successful_calls, parent.succeeded);
  hold("failed_calls", claimed.failed_calls, parent.failed);
  hold("answered_calls", claimed.answered_calls, parent.answered);
  hold("refused_calls", claimed.refused_calls, parent.refused);
  hold("circuit_trips", claimed.circuit_trips, parent.trips);
  hold("calls_in_flight", claimed.calls_in_flight, parent.made - parent.succeeded - parent.failed);
}

void Judge::all_ended() {
  for (Token token = 1; token < calls_.size(); ++token) {
    if (!calls_[token].ended) violation("once: call " + std::to_string(token) + " never ended");
  }
}

}  // namespace multifrost::simulation
