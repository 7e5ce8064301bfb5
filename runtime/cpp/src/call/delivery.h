// Brings an outcome to the continuation that waits for it, on an executor.
#pragma once

#include <memory>

#include "multifrost/executor.h"
#include "multifrost/pending.h"

namespace multifrost::call {

/// `executor` must live until the continuation has run. Never blocks.
void deliver(Executor& executor, std::unique_ptr<Continuation> continuation, Reply reply);

}  // namespace multifrost::call
