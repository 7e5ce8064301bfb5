// Failures as values and as exceptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "call_sample.h"
#include "multifrost/error.h"
#include "multifrost/result.h"

namespace multifrost {
namespace {

template <class E>
bool raises(ErrorCode code) {
  try {
    Failure(code, Execution::unknown, "text").raise();
  } catch (const E& error) {
    return typeid(error) == typeid(E) && error.code() == code &&
           error.execution() == Execution::unknown && error.what() == std::string("text");
  } catch (...) {
  }
  return false;
}

TEST(Failure, RaisesTheExceptionOfItsCode) {
  EXPECT_TRUE(raises<WorkerExitedError>(ErrorCode::worker_exited));
  EXPECT_TRUE(raises<TimeoutError>(ErrorCode::timeout));
  EXPECT_TRUE(raises<TimeoutError>(ErrorCode::expired));
  EXPECT_TRUE(raises<CancelledError>(ErrorCode::cancelled));
  EXPECT_TRUE(raises<CircuitOpenError>(ErrorCode::circuit_open));
  EXPECT_TRUE(raises<ConnectionError>(ErrorCode::connection));
  EXPECT_TRUE(raises<RegistryError>(ErrorCode::registry));
  EXPECT_TRUE(raises<DecodeError>(ErrorCode::decode));
  EXPECT_TRUE(raises<InvalidArgumentError>(ErrorCode::invalid_argument));
  EXPECT_TRUE(raises<UnimplementedError>(ErrorCode::unimplemented));
  EXPECT_TRUE(raises<WrongProcessError>(ErrorCode::wrong_process));
  EXPECT_TRUE(raises<StateError>(ErrorCode::not_started));
  EXPECT_TRUE(raises<StateError>(ErrorCode::closed));
  EXPECT_TRUE(raises<SpawnError>(ErrorCode::spawn));
  EXPECT_TRUE(raises<InterfaceMismatchError>(ErrorCode::interface_mismatch));
  EXPECT_TRUE(raises<Error>(ErrorCode::internal));
  for (const ErrorCode code :
       {ErrorCode::remote, ErrorCode::declared, ErrorCode::function_not_found,
        ErrorCode::private_function, ErrorCode::not_callable, ErrorCode::overloaded,
        ErrorCode::shutting_down, ErrorCode::encode}) {
    EXPECT_TRUE(raises<RemoteCallError>(code));
  }
}

TEST(Failure, EveryCodeHasAName) {
  std::set<std::string_view> names;
  for (std::uint16_t code = 1; code <= 23; ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), 23u);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(to_string(static_cast<ErrorCode>(999)), "unknown");
  EXPECT_EQ(to_string(ErrorCode::internal), "internal");
  EXPECT_EQ(to_string(ErrorCode::interface_mismatch), "interface_mismatch");
  EXPECT_EQ(to_string(Failure(ErrorCode::timeout, Execution::not_executed, "late")),
            "timeout (not executed): late");
}

TEST(Failure, AWorkersExitIsAlwaysKnownAsFarAsItIs) {
  try {
    Failure(ErrorCode::worker_exited, Execution::unknown, "x").raise();
  } catch (const WorkerExitedError& error) {
    EXPECT_FALSE(error.exit_status().code);
    EXPECT_FALSE(error.exit_status().signal);
  }
}

TEST(Failure, ADeclaredOneWithoutFieldsHasNoDetails) {
  const Failure failure = declared_failure(calc::DivisionByZero::kType, "x");
  try {
    failure.raise();
  } catch (const calc::DivisionByZero& error) {
    EXPECT_EQ(error.details(), nullptr);
    EXPECT_EQ(error.message(), "DivisionByZero: x");
  }
  FailureData data = failure.data();
  data.details = Bytes(
      "\x81\xa8"
      "dividend\xa1x");  // fields that do not fit
  EXPECT_EQ(Failure(data).as<calc::DivisionByZero>()->details(), nullptr);
}

TEST(Result, HoldsAValueOrAFailure) {
  Result<std::string> good("x");
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, "x");
  EXPECT_EQ(good->size(), 1u);
  EXPECT_EQ(std::move(good).value(), "x");
  const Result<std::string> bad = Failure(ErrorCode::closed, Execution::not_executed, "x");
  EXPECT_FALSE(bad);
  EXPECT_THROW(bad.value(), StateError);
  EXPECT_NO_THROW(Result<void>().value());
  EXPECT_THROW(Result<void>(bad.failure()).value(), StateError);
}

}  // namespace
}  // namespace multifrost
