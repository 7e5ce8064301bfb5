// W3C trace context across calls: `traceparent` and `tracestate` travel beside a call, for a
// tracing system to read in the worker.
//
//   std::vector<Box> detect(Image image, CallContext& context) override {
//     return finder_.with(multifrost::traced(context)).find(image);   // the same trace goes on
//   }
//
// This runtime makes no spans: who does gives its own span's traceparent to the call instead. By
// the rules of W3C Trace Context, a traceparent that is not valid is ignored together with its
// tracestate, and so is a tracestate that is not; neither ever fails a call. Any thread; nothing
// blocks.
#pragma once

#include <string_view>

#include "multifrost/call_context.h"
#include "multifrost/options.h"

namespace multifrost {

/// `options` with the trace of the call that is being served.
CallOptions traced(const CallContext& call, CallOptions options = {});

/// "00-<32 hex digits>-<16 hex digits>-<2 hex digits>", none of the ids zero; a later version than
/// 00 may append more.
bool is_traceparent(std::string_view text) noexcept;
/// The trace's id in it; empty when it is not valid.
std::string_view trace_id(std::string_view traceparent) noexcept;
/// Up to 32 members `key=value`, separated by commas, no key twice.
bool is_tracestate(std::string_view text) noexcept;

}  // namespace multifrost
