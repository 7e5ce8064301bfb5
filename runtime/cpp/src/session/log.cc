#include "session/log.h"

namespace multifrost::session {

void Log::write(const LogRecord& record) const noexcept {
  try {
    sink_->write(record);
  } catch (...) {  // who is told of failures has nobody to tell of its own
  }
}

}  // namespace multifrost::session
