// Every event that the runtime records, by its stable name. docs/logging.md says when each happens;
// a test checks that this table and that page agree, and that each event is recorded.
#pragma once

#include <string_view>

#include "multifrost/log.h"

namespace multifrost::session {

struct LogEvent {
  std::string_view name;
  LogLevel level;
};

namespace events {

// A parent's
inline constexpr LogEvent kWorkerStarted{"worker_started", LogLevel::info};
inline constexpr LogEvent kWorkerReady{"worker_ready", LogLevel::info};
inline constexpr LogEvent kStartFailed{"start_failed", LogLevel::error};
inline constexpr LogEvent kWorkerExited{"worker_exited", LogLevel::info};
inline constexpr LogEvent kConnectionLost{"connection_lost", LogLevel::warning};
inline constexpr LogEvent kWorkerRestarts{"worker_restarts", LogLevel::warning};
inline constexpr LogEvent kWorkerEnded{"worker_ended", LogLevel::error};
inline constexpr LogEvent kCircuitOpened{"circuit_opened", LogLevel::warning};
inline constexpr LogEvent kCircuitHalfOpen{"circuit_half_open", LogLevel::info};
inline constexpr LogEvent kCircuitClosed{"circuit_closed", LogLevel::info};
inline constexpr LogEvent kHeartbeatMissed{"heartbeat_missed", LogLevel::warning};
inline constexpr LogEvent kHandlerStalled{"handler_stalled", LogLevel::warning};
inline constexpr LogEvent kLateAnswer{"late_answer", LogLevel::debug};
inline constexpr LogEvent kForeignMessage{"foreign_message", LogLevel::warning};
inline constexpr LogEvent kInterfaceMismatch{"interface_mismatch", LogLevel::error};
inline constexpr LogEvent kOutputDropped{"output_dropped", LogLevel::warning};
inline constexpr LogEvent kPeerRefused{"peer_refused", LogLevel::warning};

// A worker's
inline constexpr LogEvent kServiceRegistered{"service_registered", LogLevel::info};
inline constexpr LogEvent kRegistrationFailed{"registration_failed", LogLevel::error};
inline constexpr LogEvent kCallFailed{"call_failed", LogLevel::info};
inline constexpr LogEvent kParentGone{"parent_gone", LogLevel::info};
inline constexpr LogEvent kHandlerStuck{"handler_stuck", LogLevel::error};

// Either's
inline constexpr LogEvent kCallbackException{"callback_exception", LogLevel::error};

inline constexpr LogEvent kAll[] = {
    kWorkerStarted,   kWorkerReady,    kStartFailed,       kWorkerExited,       kConnectionLost,
    kWorkerRestarts,  kWorkerEnded,    kCircuitOpened,     kCircuitHalfOpen,    kCircuitClosed,
    kHeartbeatMissed, kHandlerStalled, kLateAnswer,        kForeignMessage,     kInterfaceMismatch,
    kOutputDropped,   kPeerRefused,    kServiceRegistered, kRegistrationFailed, kCallFailed,
    kParentGone,      kHandlerStuck,   kCallbackException,
};

}  // namespace events
}  // namespace multifrost::session
