// Generated clients and workers, whole, over the channel that stays in this process.
#include "multifrost/in_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "call_sample.h"
#include "multifrost/error.h"
#include "multifrost/stop_token.h"

namespace calc {
namespace {

using mf::ErrorCode;
using mf::Execution;

class Calculator final : public CalcWorker {
 public:
  std::int64_t add(std::int64_t a, std::int64_t b, mf::CallContext& context) override {
    ++calls;
    has_deadline = context.deadline().has_value();
    return a + b;
  }
  std::int64_t divide(std::int64_t a, std::int64_t b, mf::CallContext&) override {
    if (b == 0) throw DivisionByZero({.dividend = a}, "not by zero");
    if (b == 1) throw std::out_of_range("one");
    if (b == 2) throw 42;
    return a / b;
  }
  Stats stats(std::vector<double> values, std::optional<std::string> label,
              std::optional<std::int64_t> limit, mf::CallContext&) override {
    ++calls;
    Stats result{.largest = limit, .label = label};
    for (const double value : values) result.mean += value / static_cast<double>(values.size());
    if (result.mean == 99) result.mean = std::nan("");
    return result;
  }
  void reset(mf::CallContext&) override { calls = 0; }

  int calls = 0;
  bool has_deadline = false;
};

class InProcess : public testing::TestWithParam<mf::Format> {
 protected:
  Calculator worker;
  CalcClient client = mf::in_process<Calc>(worker, GetParam());
};
INSTANTIATE_TEST_SUITE_P(Formats, InProcess, testing::Values(mf::Format::msgpack, mf::Format::json),
                         [](const auto& format) {
                           return format.param == mf::Format::json ? "json" : "msgpack";
                         });

TEST_P(InProcess, CallsThroughTheRealCodec) {
  const Calc& calc = client;
  EXPECT_EQ(calc.add(INT64_MAX - 1, 1), INT64_MAX);
  const double values[] = {1, 2, 4.5};
  EXPECT_EQ(calc.stats(values), (Stats{.mean = 2.5}));
  EXPECT_EQ(calc.stats(values, "x"), (Stats{.mean = 2.5, .label = "x"}));
  EXPECT_EQ(calc.stats(values, "x", 7), (Stats{.mean = 2.5, .largest = 7, .label = "x"}));
  calc.reset();
  EXPECT_EQ(worker.calls, 0);
}

TEST_P(InProcess, OptionsReachTheCallAndDoNotStick) {
  using namespace std::chrono_literals;
  EXPECT_EQ(client.with({.timeout = 2s}).add(1, 2), 3);
  EXPECT_TRUE(worker.has_deadline);
  EXPECT_EQ(client.add(1, 2), 3);
  EXPECT_FALSE(worker.has_deadline);
  EXPECT_THROW(client.with({.name_space = "other"}).add(1, 2), mf::TimeoutError);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = client.with({.stop = stop.get_token()}).try_add(1, 2);
  EXPECT_EQ(stopped.failure().code(), ErrorCode::cancelled);
  EXPECT_EQ(stopped.failure().execution(), Execution::not_executed);
}

TEST_P(InProcess, ADeclaredErrorArrivesTyped) {
  try {
    client.divide(7, 0);
    FAIL();
  } catch (const DivisionByZero& error) {
    EXPECT_EQ(error.message(), "Calc.divide: DivisionByZero: not by zero");
    EXPECT_EQ(error.remote_type(), "samples.calc.DivisionByZero");
    ASSERT_NE(error.details(), nullptr);
    EXPECT_EQ(error.details()->dividend, 7);
    EXPECT_EQ(error.execution(), Execution::executed);
  }
  const auto result = client.try_divide(7, 0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.failure().code(), ErrorCode::declared);
  EXPECT_EQ(result.failure().as<DivisionByZero>()->details()->dividend, 7);
  EXPECT_FALSE(client.try_divide(7, 1).failure().as<DivisionByZero>());
}

TEST_P(InProcess, AnyOtherExceptionArrivesWithItsType) {
  try {
    client.divide(7, 1);
    FAIL();
  } catch (const mf::RemoteCallError& error) {
    EXPECT_EQ(error.remote_type(), "std::out_of_range");
    EXPECT_EQ(error.message(), "Calc.divide: std::out_of_range: one");
  }
  EXPECT_EQ(client.try_divide(7, 2).failure().message(), "Calc.divide: int: 42");
}

TEST_P(InProcess, WhatDoesNotFitIsRefusedBeforeTheHandlerRuns) {
  const double values[] = {1, std::nan("")};
  const auto result = client.try_stats(values);
  EXPECT_EQ(result.failure().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(result.failure().execution(), Execution::not_executed);
  EXPECT_EQ(result.failure().message(),
            "Calc.stats: values[1]: expected f64, got NaN, which does not travel on this wire "
            "(declare f64? or @nan_as_null)");
  const auto hole = client.try_stats({}, std::nullopt, 3);
  EXPECT_EQ(hole.failure().code(), ErrorCode::invalid_argument);
  EXPECT_THAT(hole.failure().message(),
              testing::StartsWith("Calc.stats: limit is given, but label"));
  EXPECT_EQ(worker.calls, 0);
}

TEST_P(InProcess, AResultThatCannotTravelIsAnErrorWithItsPath) {
  const double values[] = {99};
  const auto result = client.try_stats(values);
  EXPECT_EQ(result.failure().code(), ErrorCode::encode);
  EXPECT_EQ(result.failure().execution(), Execution::executed);
  EXPECT_THAT(result.failure().message(),
              testing::HasSubstr("Calc.stats: result.mean: expected f64, got NaN"));
  EXPECT_THROW(result.value(), mf::RemoteCallError);
}

TEST_P(InProcess, AsyncCallsEndThroughPending) {
  auto pending = client.async().add(1, 2);
  EXPECT_TRUE(pending.ready());
  EXPECT_TRUE(pending.wait_for(std::chrono::seconds(0)));
  EXPECT_EQ(pending.get(), 3);
  EXPECT_THROW(client.async().divide(1, 0).get(), DivisionByZero);
  client.async().reset().get();
  std::optional<mf::Result<std::int64_t>> seen;
  client.async().add(2, 2).then([&](mf::Result<std::int64_t> sum) { seen = std::move(sum); });
  EXPECT_EQ(seen->value(), 4);
}

TEST_P(InProcess, AClosedChannelRefusesCalls) {
  EXPECT_TRUE(client.channel()->drain(std::chrono::seconds(0)).ok());
  EXPECT_EQ(client.channel()->state(), mf::ChannelState::ready);
  EXPECT_TRUE(client.channel()->close(std::chrono::seconds(0)).ok());
  EXPECT_EQ(client.channel()->state(), mf::ChannelState::closed);
  EXPECT_THROW(client.add(1, 2), mf::StateError);
  // An asynchronous call that was refused ends like any other: through its Pending.
  EXPECT_EQ(client.async().add(1, 2).try_get().failure().code(), ErrorCode::closed);
}

/// A peer that knows nothing of the interface: sends any bytes as arguments.
mf::Failure raw_call(mf::Dispatcher& worker, const mf::Method& method,
                     const std::vector<std::string>& arguments) {
  const auto channel = mf::in_process_channel(worker);
  const mf::CallOptions options;
  mf::Request request(*channel, method, options, arguments.size());
  struct Raw {
    static bool write(mf::Encoder& to, const std::string& bytes) {
      return to.raw(mf::BytesView(bytes));
    }
  };
  for (const std::string& argument : arguments) request.argument<Raw>(argument);
  return std::move(request).call_nothing().failure();
}

TEST(Worker, ChecksNumberAndTypesOfArguments) {
  Calculator worker;
  const auto message = [&](const mf::Method& method, const std::vector<std::string>& arguments) {
    const mf::Failure failure = raw_call(worker, method, arguments);
    EXPECT_EQ(failure.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(failure.execution(), Execution::not_executed);
    return failure.message();
  };
  EXPECT_EQ(message(kAdd, {"\x01"}),
            "Calc.add: InvalidArgument: Calc.add: takes 2 arguments (a, b), got 1");
  EXPECT_EQ(
      message(kStatsMethod, {}),
      "Calc.stats: InvalidArgument: Calc.stats: takes 1 to 3 arguments (values, label, limit), "
      "got 0");
  EXPECT_EQ(message(kReset, {"\x01"}),
            "Calc.reset: InvalidArgument: Calc.reset: takes 0 arguments, got 1");
  EXPECT_EQ(message(kAdd, {"\x01", "\xa1x"}),
            "Calc.add: InvalidArgument: Calc.add: b: expected i64, got string \"x\"");
  EXPECT_EQ(message(kStatsMethod, {"\x92\x01\xc0"}),
            "Calc.stats: InvalidArgument: Calc.stats: values[1]: expected f64, got null (this wire "
            "turns NaN into null; declare f64? or @nan_as_null)");
  EXPECT_EQ(worker.calls, 0);
}

TEST(Worker, AnswersForFunctionsThatItDoesNotHave) {
  Calculator worker;
  constexpr mf::Method missing = {.label = "Calc.nope", .name = "nope", .name_space = "default"};
  constexpr mf::Method hidden = {.label = "Calc._x", .name = "_x", .name_space = "default"};
  const mf::Failure not_found = raw_call(worker, missing, {});
  EXPECT_EQ(not_found.code(), ErrorCode::function_not_found);
  EXPECT_EQ(not_found.execution(), Execution::not_executed);
  EXPECT_EQ(not_found.message(), "Calc.nope: Function 'nope' not found");
  EXPECT_EQ(raw_call(worker, hidden, {}).message(), "Calc._x: Cannot call private method '_x'");
}

TEST(Reply, NamesThePathOfAMisfit) {
  const mf::Reply reply(kAdd,
                        mf::Bytes("\xa3"
                                  "abc"),
                        mf::Format::msgpack);
  const auto result = mf::Reply(reply).take<codec::I64>();
  EXPECT_EQ(result.failure().code(), ErrorCode::decode);
  EXPECT_EQ(result.failure().execution(), Execution::executed);
  EXPECT_EQ(result.failure().message(), "Calc.add: result: expected i64, got string \"abc\"");
  EXPECT_EQ(mf::Reply(kAdd, mf::Bytes("\x01\x02"), mf::Format::msgpack)
                .take<codec::I64>()
                .failure()
                .message(),
            "Calc.add: result: nothing may follow the value, but 1 bytes do");
  EXPECT_TRUE(mf::Reply(reply).take_nothing().ok());  // idl rule 15
}

TEST(Reply, AnAbsentResultIsNilOrZero) {
  EXPECT_EQ(
      mf::Reply(kAdd, mf::Bytes(), mf::Format::msgpack).take<codec::Optional<codec::I64>>().value(),
      std::nullopt);
  const auto result = mf::Reply(kAdd, mf::Bytes(), mf::Format::msgpack).take<codec::I64>();
  EXPECT_EQ(
      result.failure().message(),
      "Calc.add: result: expected i64, got null; the answer holds no result at all (a worker "
      "written in Go leaves out 0, false, \"\", [] and nil: declare the result as optional, or "
      "set absent_result_is_zero)");
  EXPECT_EQ(mf::Reply(kAdd, mf::Bytes(), mf::Format::msgpack, mf::Reply::Absent::zero)
                .take<codec::I64>()
                .value(),
            0);
}

}  // namespace
}  // namespace calc
