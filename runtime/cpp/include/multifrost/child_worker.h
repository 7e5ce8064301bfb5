// ChildWorker: serves functions to a parent, or, as a service, to any number of them (spec 4.2).
//
//   multifrost::ChildWorker worker;                            // or worker("my-service")
//   worker.serve(detector);                                    // a generated VisionWorker
//   worker.function("add", [](std::vector<Value> args) { … }); // or dynamic functions
//   return worker.run();
//
// Started by a parent it belongs to it and ends with it (spec 5.1), a service id or not. By hand it
// needs a service id: it then registers and listens, and ends when it wants to (spec 5.2).
//
// Thread rule: handlers run one after another on the thread that called run() or start()'s own
// thread (R2); with ChildOptions::concurrency above 1 on so many threads of the worker's, at once:
// then every function and every worker object must bear calls from several threads, and answers
// leave in the order in which handlers end. stop() may be called from any thread and from a
// handler. Several interfaces share a worker, each under its namespace; two with one namespace may
// not share a function name (std::invalid_argument).
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "multifrost/child_options.h"
#include "multifrost/dispatcher.h"
#include "multifrost/result.h"
#include "multifrost/value.h"

namespace multifrost {

class Runtime;

class ChildWorker {
 public:
  explicit ChildWorker(ChildOptions options = {}, Runtime* runtime = nullptr);
  /// Spec 4.2 `ChildWorker(serviceId)`.
  template <std::convertible_to<std::string_view> Id>
  explicit ChildWorker(const Id& service_id, Runtime* runtime = nullptr)
      : ChildWorker(ChildOptions{.service_id = std::string(std::string_view(service_id))},
                    runtime) {}
  ChildWorker(const ChildWorker&) = delete;
  ChildWorker& operator=(const ChildWorker&) = delete;
  /// Stops.
  ~ChildWorker();

  /// Adds a generated worker under its interface's namespace. `worker` must outlive this object.
  void serve(Dispatcher& worker);

  /// Adds a dynamic function: takes the arguments, returns the result; what it throws becomes an
  /// ERROR.
  template <class Handler>
  void function(std::string_view name, Handler handler, std::string_view name_space = "default") {
    struct Callable final : Function {
      explicit Callable(Handler given) : handler(std::move(given)) {}
      Value operator()(std::vector<Value> arguments, CallContext& context) override {
        if constexpr (std::is_invocable_v<Handler&, std::vector<Value>, CallContext&>) {
          return handler(std::move(arguments), context);
        } else {
          return handler(std::move(arguments));
        }
      }
      Handler handler;
    };
    add(name, name_space, std::make_unique<Callable>(std::move(handler)));
  }

  /// Serves until stop(), SIGINT or SIGTERM; a worker that a parent has started also until a
  /// shutdown message or the loss of the parent. Installs handlers for the two signals while it
  /// runs. Returns the exit status; 1 says why on standard error.
  int run();
  /// Serves on a thread of its own and returns at once; a missing or bad port is a Failure
  /// (connection), a service id that is taken one, too (registry), and so is a concurrency that
  /// cannot be (invalid_argument).
  Result<void> start();
  /// Running calls end, queued ones are answered "shutting down"; blocks until then unless called
  /// from a handler. Repeatable.
  void stop();

  /// All callable names, sorted; those outside the default namespace as "namespace:name".
  std::vector<std::string> list_functions() const;

 private:
  class Function {
   public:
    virtual ~Function() = default;
    virtual Value operator()(std::vector<Value> arguments, CallContext& context) = 0;
  };
  void add(std::string_view name, std::string_view name_space, std::unique_ptr<Function> function);

  class State;
  std::unique_ptr<State> state_;
};

}  // namespace multifrost
