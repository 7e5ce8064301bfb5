// A worker of another protocol, for the tests of sessions; once FILE exists, ours at WORKER.
//
//   runtime_cpp_foreigner APP FILE WORKER
#include <unistd.h>

#include "process/child_environment.h"
#include "session_foreign_peer.h"
#include "transport/direct/direct_factory.h"

int main(int, char** argv) {
  using namespace multifrost;
  if (::access(argv[2], F_OK) == 0) {
    ::execl(argv[3], argv[3], nullptr);
    return 1;
  }
  const auto environment = process::ChildEnvironment::take().value();
  transport::Endpoint parent;
  parent.port = environment.port.value();
  if (environment.endpoint) {
    parent.kind = transport::Endpoint::Kind::unix_socket;
    parent.path = environment.endpoint->path;
    parent.token = environment.endpoint->token;
  }
  auto transport = transport::make_direct_factory()->connect_as_worker(parent, {}).value();
  answer_as_foreigner(*transport, argv[1]);
  return 0;
}
