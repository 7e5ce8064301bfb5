// The main function of every benchmark client: starts the peer, runs the phases that were asked
// for, and prints `name=value` lines; the last one is `ok=1`.
//
//   CLIENT --server PROGRAM --transport tcp --phases seq,w100 --pin same --secs 0.25
#pragma once

#include "harness/peer.h"

namespace bench {

int client_main(int argc, char** argv, Peer& peer);

}  // namespace bench
