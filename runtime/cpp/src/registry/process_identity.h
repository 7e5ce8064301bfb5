// Which process is that? A pid is recycled; together with the boot and the moment of its start it
// means one process for ever (wire page, "Registry").
//
// Reads /proc; any thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace multifrost::registry {

/// Whether a process of that pid exists; one that has ended and is not reaped yet does not count.
bool is_alive(pid_t pid);

/// "<boot id>/<start in clock ticks>"; empty when the system does not tell. Equal for the same
/// process only.
std::string identity_of(pid_t pid);

/// When it began, in seconds since the epoch, good to about a second: for what was written without
/// an identity.
std::optional<double> began_at(pid_t pid);

/// Whether `pid` began clearly after `moment` (seconds since the epoch), so that it is not the
/// process that was meant then.
bool began_after(pid_t pid, double moment);

}  // namespace multifrost::registry
