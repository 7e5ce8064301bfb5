// What one measurement is told on its command line; the same words for every peer.
#pragma once

#include <chrono>
#include <string>

namespace bench {

struct Settings {
  std::string server;       ///< the program, or the script, to start
  std::string interpreter;  ///< what runs the script; empty: `server` runs by itself
  std::string transport = "tcp";
  std::string variant;  ///< which of a peer's server models; empty: its usual one
  std::string pin = "free";
  std::string phases;  ///< names with commas between them
  std::chrono::duration<double> time{0.25};

  bool wants(std::string_view phase) const;
};

/// Reads `--server X --transport Y …`; an unknown word ends the process.
Settings parse_settings(int argc, char** argv);

}  // namespace bench
