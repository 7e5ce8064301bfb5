#include "harness/client_main.h"

#include <chrono>
#include <csignal>

#include "harness/cores.h"
#include "harness/fail.h"
#include "harness/phases.h"
#include "harness/report.h"

namespace bench {
namespace {

void spawn_to_first_reply(Peer& peer, const Settings& settings) {
  const auto begin = std::chrono::steady_clock::now();
  peer.start(settings);
  require(peer.caller().add(40, 2) == 42, "the first answer was wrong");
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
  if (settings.wants("spawn")) report("spawn_ms", time.count());
}

}  // namespace

int client_main(int argc, char** argv, Peer& peer) {
  const Settings settings = parse_settings(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  place_client(settings.pin);
  spawn_to_first_reply(peer, settings);
  if (settings.wants("rss")) memory(peer);
  if (settings.wants("idle")) idle(peer);
  if (settings.wants("busy")) busy(peer);
  if (settings.wants("seq")) sequential(peer, settings);
  for (const std::size_t window : {1U, 100U, 1000U}) {
    if (settings.wants("w" + std::to_string(window))) pipelined(peer, settings, window);
  }
  if (settings.wants("t4")) four_threads(peer, settings, Connections::shared);
  if (settings.wants("t4x4")) four_threads(peer, settings, Connections::separate);
  if (settings.wants("e1m")) echo(peer, "e1m", std::size_t{1} << 20U, 40);
  if (settings.wants("e64m")) echo(peer, "e64m", std::size_t{64} << 20U, 4);
  report("ok", 1);
  return 0;
}

}  // namespace bench
