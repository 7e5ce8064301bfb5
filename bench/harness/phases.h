// What is measured. Each phase prints its figures under its name; one that a peer does not offer
// prints nothing.
//
//   spawn   spawn_ms
//   rss     rss_client_kb rss_server_kb threads_client threads_server
//   idle    idle_cpu_ms idle_wakeups: of both processes in one second without calls
//   busy    busy_heartbeat_ms: the slowest heartbeat of a server that is busy with one call
//   seq     seq_p50_us seq_p99_us seq_p999_us seq_cps seq_cpu_client_us seq_cpu_server_us
//   seq_cpu_us w1 …    w1_cps w1_cpu_us: additions with so many in flight, CPU of both sides a call
//   t4      t4_cps t4_cpu_us: four threads over one connection; t4x4: a connection each
//   e1m …   e1m_mbs: payload bytes a second, one way counted, in MB (10^6)
#pragma once

#include <cstddef>
#include <string>

#include "harness/peer.h"

namespace bench {

enum class Connections { shared, separate };

void memory(Peer& peer);
void idle(Peer& peer);
void busy(Peer& peer);
void sequential(Peer& peer, const Settings& settings);
void pipelined(Peer& peer, const Settings& settings, std::size_t window);
void four_threads(Peer& peer, const Settings& settings, Connections connections);
void echo(Peer& peer, const std::string& name, std::size_t size, int rounds);

}  // namespace bench
