// Pending<T> as std::future<T>, for programs that use futures. Include it only where that is so:
// <future> is expensive to compile.
#pragma once

#include <exception>
#include <future>
#include <utility>

#include "multifrost/error.h"
#include "multifrost/pending.h"

namespace multifrost {

/// The future is ready when the call has ended; get() throws what the call would. Dropping it does
/// not block. Cancelling is no longer possible.
template <class T>
std::future<T> to_future(Pending<T> pending) {
  std::promise<T> promise;
  std::future<T> future = promise.get_future();
  std::move(pending).then([promise = std::move(promise)](Result<T> result) mutable {
    try {
      if constexpr (std::is_void_v<T>) {
        result.value();
        promise.set_value();
      } else {
        promise.set_value(std::move(result).value());
      }
    } catch (const Error&) {
      promise.set_exception(std::current_exception());
    }
  });
  return future;
}

}  // namespace multifrost
