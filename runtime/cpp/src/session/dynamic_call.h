// Untyped calls: Values in, one Value out, over any Channel (spec 4.1, healed as 11.2 says).
#pragma once

#include <string_view>
#include <vector>

#include "multifrost/channel.h"
#include "multifrost/pending.h"
#include "multifrost/value.h"

namespace multifrost::session {

Result<Value> dynamic_call(Channel& channel, std::string_view function,
                           const std::vector<Value>& arguments, const CallOptions& options);
Pending<Value> start_dynamic_call(Channel& channel, std::string_view function,
                                  const std::vector<Value>& arguments, const CallOptions& options);

}  // namespace multifrost::session
