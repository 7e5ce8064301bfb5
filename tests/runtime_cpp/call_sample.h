// The calc interface as generated code has it, written by hand: the smallest one that uses every
// part of the runtime that a generated client and worker touch.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "multifrost/client.h"
#include "multifrost/codec.h"
#include "multifrost/dispatcher.h"
#include "multifrost/error.h"
#include "multifrost/generated.h"
#include "multifrost/pending.h"

namespace calc {
namespace mf = ::multifrost;
namespace codec = ::multifrost::codec;

struct Stats {
  double mean = 0;
  std::optional<std::int64_t> largest = std::nullopt;
  std::optional<std::string> label = std::nullopt;
  bool operator==(const Stats&) const = default;
};

inline constexpr codec::Field kStatsFields[] = {
    {"mean", codec::Field::kRequired}, {"largest"}, {"label"}};
inline constexpr codec::StructTable kStats = {"Stats", kStatsFields};

inline bool mf_write(mf::Encoder& to, const Stats& value) {
  to.begin_map(2u + (value.label ? 1 : 0));
  const bool good = codec::field<codec::F64>(to, "mean", value.mean) &&
                    codec::field<codec::Optional<codec::I53>>(to, "largest", value.largest) &&
                    codec::field_if<codec::String>(to, "label", value.label);
  to.end_map();
  return good;
}

inline bool mf_read(mf::Decoder& from, Stats& value) {
  codec::StructReader fields(from, kStats);
  for (int index; fields.next(index);) {
    switch (index) {
      case 0:
        fields.read<codec::F64>(value.mean);
        break;
      case 1:
        fields.read<codec::Optional<codec::I53>>(value.largest);
        break;
      case 2:
        fields.read<codec::Optional<codec::String>>(value.label);
        break;
    }
  }
  return fields.finish();
}

class DivisionByZero final : public mf::InterfaceError {
 public:
  struct Details {
    std::int64_t dividend = 0;
    bool operator==(const Details&) const = default;
  };
  static const mf::ErrorType kType;

  explicit DivisionByZero(Details details, std::string_view message = {})
      : InterfaceError(mf::declared_failure(kType, message)), details_(details) {}
  explicit DivisionByZero(const mf::Failure& failure);

  const Details* details() const noexcept { return details_ ? &*details_ : nullptr; }
  const mf::ErrorType& type() const noexcept override { return kType; }
  bool write_details(mf::Encoder& to) const override;

 private:
  std::optional<Details> details_;
};

inline bool mf_write(mf::Encoder& to, const DivisionByZero::Details& value) {
  to.begin_map(1);
  return codec::field<codec::I64>(to, "dividend", value.dividend);
}
inline constexpr codec::Field kDivisionFields[] = {{"dividend", codec::Field::kRequired}};
inline constexpr codec::StructTable kDivision = {"DivisionByZero", kDivisionFields};
inline bool mf_read(mf::Decoder& from, DivisionByZero::Details& value) {
  codec::StructReader fields(from, kDivision);
  for (int index; fields.next(index);) fields.read<codec::I64>(value.dividend);
  return fields.finish();
}

inline constexpr std::string_view kDivisionMatches[] = {"ZeroDivisionError"};
inline const mf::ErrorType DivisionByZero::kType = {
    .name = "samples.calc.DivisionByZero",
    .simple_name = "DivisionByZero",
    .matches = kDivisionMatches,
    .match_count = 1,
    .raise = [](const mf::Failure& failure) { throw DivisionByZero(failure); }};

inline DivisionByZero::DivisionByZero(const mf::Failure& failure) : InterfaceError(failure) {
  if (failure.data().details.empty()) return;
  if (auto details = mf::decode<Details>(failure.data().details)) details_ = *details;
}
inline bool DivisionByZero::write_details(mf::Encoder& to) const {
  return mf_write(to, details_.value_or(Details()));
}

inline constexpr std::string_view kPairParameters[] = {"a", "b"};
inline constexpr std::string_view kStatsParameters[] = {"values", "label", "limit"};
inline constexpr const mf::ErrorType* kDivideThrows[] = {&DivisionByZero::kType};
inline constexpr mf::Method kAdd = {
    .label = "Calc.add", .name = "add", .name_space = "default", .parameters = kPairParameters};
inline constexpr mf::Method kDivide = {.label = "Calc.divide",
                                       .name = "divide",
                                       .name_space = "default",
                                       .parameters = kPairParameters,
                                       .throws = kDivideThrows};
inline constexpr mf::Method kReset = {
    .label = "Calc.reset", .name = "reset", .name_space = "default"};
inline constexpr mf::Method kStatsMethod = {.label = "Calc.stats",
                                            .name = "stats",
                                            .name_space = "default",
                                            .parameters = kStatsParameters};
// Sorted by wire name.
inline constexpr const mf::Method* kMethods[] = {&kAdd, &kDivide, &kReset, &kStatsMethod};
inline constexpr mf::Interface kCalc = {.name = "samples.calc.Calc",
                                        .name_space = "default",
                                        .version = "",
                                        .fingerprint = "",
                                        .methods = kMethods};

class CalcClient;

class Calc {
 public:
  using Client = CalcClient;
  virtual ~Calc() = default;
  virtual std::int64_t add(std::int64_t a, std::int64_t b) const = 0;
  virtual std::int64_t divide(std::int64_t a, std::int64_t b) const = 0;
  virtual Stats stats(std::span<const double> values,
                      std::optional<std::string_view> label = std::nullopt,
                      std::optional<std::int64_t> limit = std::nullopt) const = 0;
  virtual void reset() const = 0;
};

class CalcClient final : public Calc, private mf::Client {
 public:
  using Client = CalcClient;
  explicit CalcClient(std::shared_ptr<mf::Channel> channel, mf::CallOptions options = {})
      : mf::Client(std::move(channel), std::move(options)) {}
  using mf::Client::channel;
  CalcClient with(mf::CallOptions options) const { return CalcClient(channel(), options); }

  mf::Result<std::int64_t> try_add(std::int64_t a, std::int64_t b) const {
    return pair(kAdd, a, b).call<codec::I64>();
  }
  std::int64_t add(std::int64_t a, std::int64_t b) const override { return try_add(a, b).value(); }
  mf::Result<std::int64_t> try_divide(std::int64_t a, std::int64_t b) const {
    return pair(kDivide, a, b).call<codec::I64>();
  }
  std::int64_t divide(std::int64_t a, std::int64_t b) const override {
    return try_divide(a, b).value();
  }
  mf::Result<Stats> try_stats(std::span<const double> values,
                              std::optional<std::string_view> label = std::nullopt,
                              std::optional<std::int64_t> limit = std::nullopt) const {
    mf::Request call = request(kStatsMethod, 1u + (label ? 1 : 0) + (limit ? 1 : 0));
    call.argument<codec::List<codec::F64>>(values);
    if (label) call.argument<codec::String>(*label);
    if (limit && !label) call.refuse_hole("label", "limit");
    if (limit) call.argument<codec::I53>(*limit);
    return std::move(call).call<codec::Generated<Stats>>();
  }
  Stats stats(std::span<const double> values, std::optional<std::string_view> label,
              std::optional<std::int64_t> limit) const override {
    return try_stats(values, label, limit).value();
  }
  mf::Result<void> try_reset() const { return request(kReset, 0).call_nothing(); }
  void reset() const override { try_reset().value(); }

  class Async;
  Async async() const;

 private:
  mf::Request pair(const mf::Method& method, std::int64_t a, std::int64_t b) const {
    mf::Request call = request(method, 2);
    call.argument<codec::I64>(a);
    call.argument<codec::I64>(b);
    return call;
  }
};

class CalcClient::Async {
 public:
  explicit Async(const CalcClient& client) : client_(&client) {}
  mf::Pending<std::int64_t> add(std::int64_t a, std::int64_t b) const {
    return mf::start<codec::I64>(client_->pair(kAdd, a, b));
  }
  mf::Pending<std::int64_t> divide(std::int64_t a, std::int64_t b) const {
    return mf::start<codec::I64>(client_->pair(kDivide, a, b));
  }
  mf::Pending<void> reset() const {
    return mf::start<mf::detail::Nothing>(client_->request(kReset, 0));
  }

 private:
  const CalcClient* client_;
};
inline CalcClient::Async CalcClient::async() const { return Async(*this); }

class CalcWorker : public mf::Dispatcher {
 public:
  virtual std::int64_t add(std::int64_t a, std::int64_t b, mf::CallContext& context) = 0;
  virtual std::int64_t divide(std::int64_t a, std::int64_t b, mf::CallContext& context) = 0;
  virtual Stats stats(std::vector<double> values, std::optional<std::string> label,
                      std::optional<std::int64_t> limit, mf::CallContext& context) = 0;
  virtual void reset(mf::CallContext& context) = 0;

  const mf::Interface& interface() const noexcept final { return kCalc; }
  void dispatch(mf::IncomingCall& call) final {
    switch (call.find(kMethods).value_or(SIZE_MAX)) {
      case 0:
        return serve_pair(call, kAdd, &CalcWorker::add);
      case 1:
        return serve_pair(call, kDivide, &CalcWorker::divide);
      case 2:
        if (!call.expect(kReset, 0, 0)) return;
        reset(call.context());
        return call.answer_nothing();
      case 3:
        return serve_stats(call);
      default:
        return call.fail_not_found();
    }
  }

 private:
  using Pair = std::int64_t (CalcWorker::*)(std::int64_t, std::int64_t, mf::CallContext&);
  void serve_pair(mf::IncomingCall& call, const mf::Method& method, Pair handler) {
    std::int64_t a{};
    std::int64_t b{};
    if (!call.expect(method, 2, 2) || !call.argument<codec::I64>(a) ||
        !call.argument<codec::I64>(b)) {
      return;
    }
    call.answer<codec::I64>((this->*handler)(a, b, call.context()));
  }
  void serve_stats(mf::IncomingCall& call) {
    std::vector<double> values;
    std::optional<std::string> label;
    std::optional<std::int64_t> limit;
    if (!call.expect(kStatsMethod, 1, 3) || !call.argument<codec::List<codec::F64>>(values)) return;
    if (call.more() && !call.argument<codec::Optional<codec::String>>(label)) return;
    if (call.more() && !call.argument<codec::Optional<codec::I53>>(limit)) return;
    call.answer<codec::Generated<Stats>>(
        stats(std::move(values), std::move(label), limit, call.context()));
  }
};

}  // namespace calc
