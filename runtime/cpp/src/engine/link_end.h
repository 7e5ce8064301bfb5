// How one incarnation of a worker comes to its end, as its parent sees it (spec 5.1; R1, R5, R7).
//
//   event \ state  | up       | lost         | ending      | asked, terminated,  | exited
//                  |          |              |             |   killed            |
//   ---------------+----------+--------------+-------------+---------------------+-----------------
//   lost()         | → lost   | –            | –           | –                   | answers complete
//   exit_follows() | → ending | → ending     | –           | –                   | –
//   exited()       | → exited | → exited     | → exited    | → exited            | –
//   stop(grace)    | → asked  | → asked      | → asked     | –                   | answers unwanted
//   its time       | (none)   | 500 ms:      | 6 s:        | grace: terminate,   | both there, or
//                  |          |   abandon,   |   abandon,  |   → terminated;     |   100 and 200 ms
//                  |          |   → killed   |   → killed  | kill_deadline:      |   have passed:
//                  |          |              |             |   kill, → killed;   |   → over
//                  |          |              |             | 5 s: → over         |
//
//   An exit waits for answers and output. Beneath a guard a worker may have ended while those whom
//   it has left are still being ended: exit_follows().
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
  static constexpr Duration kExitFollows = std::chrono::seconds(6);  ///< a guard gives up after 5

  LinkEnd(bool has_process, Duration kill_deadline) noexcept
      : has_process_(has_process), kill_deadline_(kill_deadline) {}

  void lost(Time now) noexcept;
  void exited(Time now) noexcept;
  /// The worker has ended, and exited() comes when whoever it has left has ended, too.
  void exit_follows(Time now) noexcept;
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
  enum class State : std::uint8_t { up, lost, ending, asked, terminated, killed, exited };

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
