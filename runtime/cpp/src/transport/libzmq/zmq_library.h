// libzmq itself, loaded when somebody first asks for it.
//
// Linked in the usual way it and its fifteen libraries would be loaded, relocated and kept in
// memory by every program with this runtime, of which nearly none uses it (docs/architecture.md).
// So only its header is needed to build, and the library is looked for when a libzmq transport is
// made. As with any shared library, what is loaded stays for the process's life.
//
// Any thread. The first call blocks while the library is loaded.
#pragma once

#include <zmq.h>

#include "multifrost/result.h"

namespace multifrost::transport {

/// The functions that the transport uses, under libzmq's names without `zmq_`.
struct ZmqLibrary {
  decltype(&::zmq_ctx_new) ctx_new;
  decltype(&::zmq_ctx_term) ctx_term;
  decltype(&::zmq_errno) error_number;  // `errno` is a macro
  decltype(&::zmq_strerror) strerror;
  decltype(&::zmq_socket) socket;
  decltype(&::zmq_close) close;
  decltype(&::zmq_bind) bind;
  decltype(&::zmq_connect) connect;
  decltype(&::zmq_disconnect) disconnect;
  decltype(&::zmq_setsockopt) setsockopt;
  decltype(&::zmq_getsockopt) getsockopt;
  decltype(&::zmq_socket_monitor) socket_monitor;
  decltype(&::zmq_send) send;
  decltype(&::zmq_msg_init) msg_init;
  decltype(&::zmq_msg_init_size) msg_init_size;
  decltype(&::zmq_msg_init_data) msg_init_data;
  decltype(&::zmq_msg_move) msg_move;
  decltype(&::zmq_msg_close) msg_close;
  decltype(&::zmq_msg_recv) msg_recv;
  decltype(&::zmq_msg_send) msg_send;
  decltype(&::zmq_msg_data) msg_data;
  decltype(&::zmq_msg_size) msg_size;
  decltype(&::zmq_msg_more) msg_more;
  decltype(&::zmq_msg_get) msg_get;
};

/// A library by its file's name; the failure says which file or function is missing.
Result<ZmqLibrary> load_zmq(const char* file);
/// The system's libzmq, or why there is none.
const Result<ZmqLibrary>& zmq_library();

namespace detail {
/// Set when zmq_library() has found it. Plain, since it is used a dozen times for each message:
/// whoever has a transport comes after the call that made it.
inline constinit const ZmqLibrary* loaded_zmq = nullptr;
}  // namespace detail

/// It, for those who know that it is there.
inline const ZmqLibrary& zmq() noexcept { return *detail::loaded_zmq; }

}  // namespace multifrost::transport
