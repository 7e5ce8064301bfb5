// A part of a received frame, sharing it: how views of a Message outlive the reading.
#pragma once

#include "multifrost/bytes.h"

namespace multifrost::session {

/// `part` lies in `frame`; an empty one need not.
inline Bytes part_of(const Bytes& frame, BytesView part) {
  if (part.empty()) return {};
  return frame.slice(static_cast<std::size_t>(part.data() - frame.data()), part.size());
}

/// The same in its place, when the rest of the frame is wanted no more.
inline void keep_part(Bytes& frame, BytesView part) {
  if (part.empty()) {
    frame = Bytes();
  } else {
    frame.narrow(part);
  }
}

}  // namespace multifrost::session
