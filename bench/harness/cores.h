// Where the two processes run. `same`: both on one core, which repeats to a few percent; `split`:
// a core each, where every message wakes an idle core; `free`: as the scheduler likes.
#pragma once

#include <string_view>

namespace bench {

/// Called by the client before it starts its server. The server inherits the core, or reads its own
/// from the variable BENCH_CORE.
void place_client(std::string_view pin);

/// Called by a server of ours first thing: takes the core that the client named.
void place_server();

}  // namespace bench
