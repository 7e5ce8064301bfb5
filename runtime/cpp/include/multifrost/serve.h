// Serves worker objects as the main job of a program: `int main() { return
// multifrost::serve(detector); }`
//
// Blocks until a shutdown message, SIGINT, SIGTERM or the loss of the parent (spec 4.2 run()); the
// handlers run on the calling thread. Installs signal handlers for the time that it runs. Returns
// the exit status: 0 after an ordinary end, 1 after one that standard error explains (no port in
// the environment, …).
#pragma once

#include "multifrost/dispatcher.h"

namespace multifrost {

int serve(Dispatcher& worker);

}  // namespace multifrost
