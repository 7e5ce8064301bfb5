// Who descends from whom, as /proc tells at one moment.
//
// Reads files only; any thread. Processes that end meanwhile are simply missing.
#pragma once

#include <sys/types.h>

#include <vector>

namespace multifrost::process {

/// `leader`, the members of its process group, and every descendant of these.
std::vector<pid_t> family_of(pid_t leader);

/// True when `pid` has the socket with this inode open.
bool holds_socket(pid_t pid, unsigned long inode);

}  // namespace multifrost::process
