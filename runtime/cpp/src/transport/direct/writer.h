// Sends a connection's messages from any thread, without ever blocking (R3).
//
// Whoever finds nobody writing writes; whoever comes meanwhile leaves his message in the queue and
// goes, and the writing thread takes it along: many callers share few system calls. What the system
// does not take stays queued until flush(), which is due when the watcher says that the socket has
// room. Held messages (Urgency) stay in the queue until something takes them along.
//
// One word tells what the usual sender must know, so that he needs no lock. Its three flags:
//
//   writing  look  held | what that means for send() and release()
//   --------------------+------------------------------------------------------------------------
//      –      –     –   | nothing waits: a compare-and-swap begins the writing
//      –      –     x   | the same; what is held stands in `active_` and leaves first
//      –      x    any  | something is queued, blocked, broken or awaited: under the lock
//      x      –     –   | whoever writes ends by a compare-and-swap; others queue, and set `look`
//      x      x     –   | whoever writes looks under the lock before he ends
//
// `look` is set and cleared under the lock only, and cleared only when nobody else writes.
//
// Thread rule: any method from any thread. Failure rule: a broken connection drops its queue and
// answers `gone`; the reader learns the reason from the socket. Without memory for a message that
// cannot leave at once the connection breaks, since a part of it may be queued.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

#include "multifrost/buffer.h"
#include "transport/direct/frame.h"
#include "transport/direct/out_segments.h"
#include "transport/transport.h"

namespace multifrost::transport::direct {

/// Told about the changes that concern others; called under the writer's lock, so calls never
/// overlap.
class WriterWatcher {
 public:
  virtual ~WriterWatcher() = default;
  /// On: the socket took less than there is; flush() is due when it has room. Off: nothing waits.
  virtual void wait_for_room(bool on) noexcept = 0;
  /// On: the queue is over its limit. Off: it has drained to half of it.
  virtual void over_limit(bool on) noexcept = 0;
  /// After a spare message was refused: there is room for such again.
  virtual void spare_room() noexcept = 0;
};

class Writer {
 public:
  /// `socket`, `blocks` and `watcher` must outlive the writer. `refuses`: over the limit send()
  /// says `full`; else it takes everything and the watcher sees to it that no more answers come up.
  Writer(int socket, std::size_t limit, bool refuses, BlockPool& blocks,
         WriterWatcher& watcher) noexcept
      : socket_(socket),
        limit_(limit),
        refuses_(refuses),
        watcher_(watcher),
        active_(blocks),
        queued_(blocks) {}

  /// What becomes of what a message borrows when it does not leave at once.
  enum class Loan : bool { copied, kept };

  /// As Transport::try_send.
  Sent send(Buffer& message, std::uint64_t* number, Urgency urgency = Urgency::now,
            Loan loan = Loan::copied);
  /// As Outlet::end_loan.
  void end_loan(std::uint64_t number);
  /// Writes what is held.
  void release();
  /// A complete frame that is no message (PONG); dropped when the queue is over its limit.
  void send_raw(std::string_view frame);
  void flush();

  /// Nothing is queued or being written.
  bool idle() const;
  /// No more messages from now on; waits for a write that is under way. Returns the number of the
  /// last message that was handed to the system whole.
  std::uint64_t close();

 private:
  using Lock = std::unique_lock<std::mutex>;
  /// So many held bytes leave without waiting for more: a system call is then well spent.
  static constexpr std::size_t kEnough = 16 * 1024;
  /// Bytes that one sendmsg() took, or that nothing can be sent now, or never again.
  struct Written {
    enum class State : std::uint8_t { some, full, broken };
    State state = State::some;
    std::size_t bytes = 0;
  };

  // The word: three flags, and above them how many messages were accepted, ever.
  static constexpr std::uint64_t kWriting = 1;
  static constexpr std::uint64_t kLook = 2;
  static constexpr std::uint64_t kHeld = 4;
  static constexpr std::uint64_t kFlags = 7;
  static constexpr std::uint64_t kMessage = 8;

  Sent send_locked(std::string_view head, Buffer& message, std::uint64_t* number, Urgency urgency,
                   Loan loan);
  Written write_message(const MessageHead& head, Buffer& message) const noexcept;
  Written write(std::span<const iovec> parts) const noexcept;
  static Written outcome_of(std::int64_t sent) noexcept;
  Sent write_alone(std::uint64_t word, const MessageHead& head, Buffer& message, Loan loan);
  bool is_writing() const noexcept {
    return (word_.load(std::memory_order_acquire) & kWriting) != 0;
  }
  bool begin_writing() noexcept;
  void hold(std::uint64_t word);
  void write_held(std::uint64_t word);
  void settle() noexcept;
  std::size_t pending() const noexcept {
    return queued_bytes_ + active_bytes_.load(std::memory_order_relaxed);
  }
  void remove_written(std::size_t bytes) noexcept;
  void wait_for_writing(Lock& lock);
  void write_queue(Lock& lock);
  template <class Add>
  bool keep(Add add) noexcept;
  void end_connection() noexcept;
  void end_writing(bool blocked) noexcept;
  void break_off() noexcept;

  const int socket_;
  const std::size_t limit_;
  const bool refuses_;
  WriterWatcher& watcher_;

  std::atomic<std::uint64_t> word_{0};
  /// Messages written whole, ever. Changed by whoever writes.
  std::atomic<std::uint64_t> written_{0};
  OutSegments active_;  ///< belongs to whoever writes
  std::atomic<std::size_t> active_bytes_{0};

  mutable std::mutex mutex_;
  std::condition_variable ended_writing_;
  OutSegments queued_;  ///< what others leave while somebody writes
  std::size_t queued_bytes_ = 0;
  bool blocked_ = false;  ///< the watcher waits for room
  bool over_ = false;     ///< the watcher knows that the limit is passed
  bool broken_ = false;
  bool wants_spare_ = false;  ///< a spare message was refused
  unsigned waiting_ = 0;      ///< threads that wait for the writing to end
};

}  // namespace multifrost::transport::direct
