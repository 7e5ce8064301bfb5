// How one incarnation of a worker comes to its end, as its parent sees it (spec 5.1; R1, R5, R7).
//
//   event \ state | up          | lost          | asked, terminated, killed  | exited
//   --------------+-------------+---------------+----------------------------+-------------------
//   lost()        | → lost      | –             | –                          | answers are complete
//   exited()      | → exited    | → exited      | → exited                   | –
//   stop(grace)   | → asked     | → asked       | –                          | answers are not
//   wanted its time      | (has none)  | 500 ms: kill, | grace: terminate,          | answers and
//   output
//                 |             |   → killed    |   → terminated;            |   complete, or had
//                 |             |               | kill_deadline: kill,       |   100 and 200 ms:
//                 |             |               |   → killed; 5 s: → over    |   → over
//
//   A service has no process of ours: lost() and stop() lead to over, and nothing is signalled.
//
// Who has lost its connection cannot be reached again, since its listener is closed: it ends by
// itself or is killed. What it had sent before its exit still counts, so the end waits for it; not
// for ever, since a process of its own making may hold connection and output open. Pure; one
// thread at a time.
#pragma once

#include <chrono>
#include <cstdint>

namespace multifrost::engine {

class LinkEnd {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::nanoseconds;

  static constexpr Duration kExitAfterLoss = std::chrono::milliseconds(500);
  static constexpr Duration kAnswersAfterExit = std::chrono::milliseconds(100);
  static constexpr Duration kOutputAfterExit = std::chrono::milliseconds(200);
  static constexpr Duration kAfterKill = std::chrono::seconds(5);

  LinkEnd(bool has_process, Duration kill_deadline) noexcept
      : has_process_(has_process), kill_deadline_(kill_deadline) {}

  void lost(Time now) noexcept;
  void exited(Time now) noexcept;
  /// Everything that the process wrote has been read.
  void output_ended() noexcept { output_ended_ = true; }
  /// It is to end by itself within `grace`, else it is made to.
  void stop(Time now, Duration grace) noexcept;

  enum class Step : std::uint8_t {
    nothing,
    terminate,  ///< SIGTERM, and the lifeline goes
    kill,       ///< SIGKILL
    abandon,    ///< SIGKILL, and nothing will ever be answered: it lives without a connection
    over,       ///< nothing happens on this link any more; told once
  };
  /// What is to be done now. Ask again when it was something, and at next().
  Step step(Time now) noexcept;
  Time next() const noexcept;

  bool is_lost() const noexcept { return lost_; }
  bool is_stopped() const noexcept { return stopped_; }
  bool is_abandoned() const noexcept { return abandoned_; }
  bool has_exited() const noexcept { return state_ == State::exited; }
  bool is_over() const noexcept { return over_; }

 private:
  enum class State : std::uint8_t { up, lost, asked, terminated, killed, exited };

  void wait_in(State state, Time until) noexcept {
    state_ = state;
    until_ = until;
  }
  bool complete(Time now) noexcept;

  bool has_process_;
  Duration kill_deadline_;
  State state_ = State::up;
  Time until_ = Time::max();  ///< of the state's patience
  Time exited_at_{};
  bool answers_ended_ = false;
  bool output_ended_ = false;
  bool lost_ = false;
  bool stopped_ = false;
  bool abandoned_ = false;
  bool over_ = false;
};

}  // namespace multifrost::engine
