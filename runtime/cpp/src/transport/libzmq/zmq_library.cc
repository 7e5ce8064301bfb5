// Looks libzmq up with dlopen.
#include "transport/libzmq/zmq_library.h"

#include <dlfcn.h>

#include <string>

namespace multifrost::transport {
namespace {

// The name of the binary interface that libzmq has had since 4.0.
constexpr char kFile[] = "libzmq.so.5";

Failure missing(const char* file) {
  const char* const reason = ::dlerror();
  return {ErrorCode::connection, Execution::not_executed,
          std::string("the libzmq transport needs ") + file +
              ", which cannot be used: " + (reason != nullptr ? reason : "unknown reason") +
              "; install libzmq (Debian: libzmq5), or choose the direct transport"};
}

}  // namespace

Result<ZmqLibrary> load_zmq(const char* file) {
  void* const handle = ::dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return missing(file);
  bool complete = true;
  const auto find = [&]<class Function>(Function& into, const char* name) {
    if (complete) into = reinterpret_cast<Function>(::dlsym(handle, name));
    complete = complete && into != nullptr;
  };
  ZmqLibrary zmq{};
  find(zmq.ctx_new, "zmq_ctx_new");
  find(zmq.ctx_term, "zmq_ctx_term");
  find(zmq.error_number, "zmq_errno");
  find(zmq.strerror, "zmq_strerror");
  find(zmq.socket, "zmq_socket");
  find(zmq.close, "zmq_close");
  find(zmq.bind, "zmq_bind");
  find(zmq.connect, "zmq_connect");
  find(zmq.disconnect, "zmq_disconnect");
  find(zmq.setsockopt, "zmq_setsockopt");
  find(zmq.getsockopt, "zmq_getsockopt");
  find(zmq.socket_monitor, "zmq_socket_monitor");
  find(zmq.send, "zmq_send");
  find(zmq.msg_init, "zmq_msg_init");
  find(zmq.msg_init_size, "zmq_msg_init_size");
  find(zmq.msg_init_data, "zmq_msg_init_data");
  find(zmq.msg_move, "zmq_msg_move");
  find(zmq.msg_close, "zmq_msg_close");
  find(zmq.msg_recv, "zmq_msg_recv");
  find(zmq.msg_send, "zmq_msg_send");
  find(zmq.msg_data, "zmq_msg_data");
  find(zmq.msg_size, "zmq_msg_size");
  find(zmq.msg_more, "zmq_msg_more");
  find(zmq.msg_get, "zmq_msg_get");
  if (!complete) return missing(file);
  return zmq;
}

const Result<ZmqLibrary>& zmq_library() {
  struct Loaded {
    Loaded() {
      if (library) detail::loaded_zmq = &*library;
    }
    Result<ZmqLibrary> library = load_zmq(kFile);
  };
  static const Loaded loaded;
  return loaded.library;
}

}  // namespace multifrost::transport
