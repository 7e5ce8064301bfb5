// Errors on the wire: what a worker's exception becomes, and what the caller makes of every string
// that the published implementations send (wire page, "Error strings").
#include "call/remote_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "call/handler_outcome.h"
#include "call_sample.h"
#include "multifrost/error.h"

namespace multifrost::call {
namespace {

constexpr std::string_view kMatches[] = {"KeyError", "LookupError"};
const ErrorType kNotFound = {.name = "acme.vision.NotFound",
                             .simple_name = "NotFound",
                             .matches = kMatches,
                             .match_count = 2};
const ErrorType kNotLoaded = {.name = "acme.vision.ModelNotLoaded",
                              .simple_name = "ModelNotLoaded"};
const ErrorType* const kThrows[] = {&kNotFound, &kNotLoaded};
const Method kDetect = {
    .label = "Vision.detect", .name = "detect", .name_space = "default", .throws = kThrows};
const Method kPrivate = {.label = "Vision._x", .name = "_x", .name_space = "default"};

Failure bare(std::string_view text, const Method& method = kDetect) {
  return remote_failure(method,
                        {.text = text, .code = {}, .executed = {}, .type = {}, .fields = {}});
}

TEST(RemoteError, PublishedPeersStringsForWhatCannotBeCalled) {
  const std::pair<const char*, ErrorCode> cases[] = {
      {"AttributeError: Function 'detect' not found\nTraceback (most recent call last):\n  File",
       ErrorCode::function_not_found},
      {"Function 'detect' not found or not callable", ErrorCode::function_not_found},
      {"Function 'detect' not found", ErrorCode::function_not_found},
      {"Function not found: detect", ErrorCode::function_not_found},
      {"Function detect not found", ErrorCode::function_not_found},
      {"AttributeError: 'detect' is not callable\nTraceback", ErrorCode::not_callable},
      {"'detect' is not callable", ErrorCode::not_callable},
      {"detect is not callable", ErrorCode::not_callable},
  };
  for (const auto& [text, code] : cases) {
    EXPECT_EQ(bare(text).code(), code) << text;
    EXPECT_EQ(bare(text).execution(), Execution::not_executed) << text;
  }
  for (const char* text : {"AttributeError: Cannot call private method '_x'\nTraceback",
                           "Cannot call private method '_x'", "Cannot call private method _x"}) {
    EXPECT_EQ(bare(text, kPrivate).code(), ErrorCode::private_function);
    EXPECT_EQ(bare(text, kPrivate).execution(), Execution::not_executed);
  }
  // Only for the function that was called: a handler may have said it of another.
  for (const char* text : {"Function 'other' not found", "Function 'detect' not found at all",
                           "'other' is not callable", "Cannot call private method '_y'"}) {
    EXPECT_EQ(bare(text).code(), ErrorCode::remote) << text;
    EXPECT_EQ(bare(text).execution(), Execution::executed) << text;
  }
}

TEST(RemoteError, TakesTypeAndTracebackOutOfTheText) {
  const Failure python = bare(
      "ValueError: bad: value\nand more\nTraceback (most recent call last):\n  File \"x.py\"\n");
  EXPECT_EQ(python.remote_type(), "ValueError");
  EXPECT_EQ(python.message(), "Vision.detect: ValueError: bad: value\nand more");
  EXPECT_EQ(python.traceback(), "Traceback (most recent call last):\n  File \"x.py\"\n");
  EXPECT_EQ(bare("E: x\n[Traceback: y]").traceback(), "[Traceback: y]");

  const std::pair<const char*, const char*> types[] = {
      {"std::out_of_range: one", "std::out_of_range"},
      {"sqlite3.OperationalError: locked", "sqlite3.OperationalError"},
      {"KeyError:", "KeyError"},
      {"just text", ""},                               // JavaScript: the class is lost
      {"Cannot read properties of undefined: x", ""},  //
      {"open /tmp/x: no such file", ""},               // Go
      {"note: no type", ""},
      {"12: x", ""},
      {": x", ""},
      {"", ""},
      {"a::", ""},
      {"http://x", ""},
  };
  for (const auto& [text, type] : types) EXPECT_EQ(bare(text).remote_type(), type) << text;
}

TEST(RemoteError, DeclaredErrorsAreKnownByPrefixOrMatch) {
  for (const char* text :
       {"NotFound: x", "NotFound", "NotFound: ", "KeyError: 'x'\nTraceback y", "LookupError: y"}) {
    const Failure failure = bare(text);
    EXPECT_EQ(failure.code(), ErrorCode::declared) << text;
    EXPECT_EQ(failure.data().declared, &kNotFound) << text;
    EXPECT_EQ(failure.execution(), Execution::executed);
  }
  EXPECT_EQ(bare("ModelNotLoaded: gone").data().declared, &kNotLoaded);
  for (const char* text : {"NotFoundAtAll: x", "Found: x", "IndexError: x", "no NotFound: x", ""}) {
    EXPECT_EQ(bare(text).code(), ErrorCode::remote) << text;
  }
}

TEST(RemoteError, TheFullNameDecidesWhenItIsThere) {
  const auto typed = [](std::string_view type) {
    return remote_failure(kDetect, {.text = "NotFound: x",
                                    .code = static_cast<std::uint64_t>(ErrorCode::declared),
                                    .executed = true,
                                    .type = type,
                                    .fields = Bytes("\x80")});
  };
  EXPECT_EQ(typed("acme.vision.NotFound").data().declared, &kNotFound);
  EXPECT_EQ(typed("acme.vision.NotFound").data().details, Bytes("\x80"));
  // Another interface's error of the same simple name (idl rule 14).
  EXPECT_EQ(typed("acme.audio.NotFound").code(), ErrorCode::remote);
  EXPECT_EQ(typed("acme.audio.NotFound").remote_type(), "acme.audio.NotFound");
}

TEST(RemoteError, OurPeersSayCodeAndExecution) {
  const auto coded = [](std::uint64_t code, std::optional<bool> executed) {
    return remote_failure(
        kDetect, {.text = "text", .code = code, .executed = executed, .type = {}, .fields = {}});
  };
  const auto number = [](ErrorCode code) { return static_cast<std::uint64_t>(code); };
  for (const ErrorCode code :
       {ErrorCode::invalid_argument, ErrorCode::function_not_found, ErrorCode::private_function,
        ErrorCode::not_callable, ErrorCode::overloaded, ErrorCode::shutting_down,
        ErrorCode::expired, ErrorCode::unimplemented}) {
    EXPECT_EQ(coded(number(code), std::nullopt).code(), code);
    EXPECT_EQ(coded(number(code), std::nullopt).execution(), Execution::not_executed);
    EXPECT_EQ(coded(number(code), true).execution(), Execution::executed);
  }
  for (const ErrorCode code : {ErrorCode::encode, ErrorCode::internal}) {
    EXPECT_EQ(coded(number(code), std::nullopt).code(), code);
    EXPECT_EQ(coded(number(code), std::nullopt).execution(), Execution::executed);
  }
  // What only a caller can say, or a later version, is an error of the worker's like any other.
  for (const std::uint64_t code :
       {number(ErrorCode::timeout), number(ErrorCode::circuit_open),
        number(ErrorCode::worker_exited), std::uint64_t{0}, std::uint64_t{999}, UINT64_MAX}) {
    EXPECT_EQ(coded(code, std::nullopt).code(), ErrorCode::remote);
  }
}

/// The error's string for what `thrower` throws.
template <class Thrower>
std::string thrown(Thrower thrower) {
  try {
    thrower();
  } catch (...) {
    const Failure failure = handler_failure();
    EXPECT_EQ(failure.execution(), Execution::executed);
    return error_text(failure);
  }
  return "nothing";
}

struct Custom : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct NoException {};

TEST(HandlerFailure, NamesTheDemangledType) {
  EXPECT_EQ(thrown([] { throw std::out_of_range("one"); }), "std::out_of_range: one");
  EXPECT_EQ(thrown([] { throw std::runtime_error(""); }), "std::runtime_error");
  EXPECT_THAT(thrown([] { throw Custom("x"); }), testing::EndsWith("Custom: x"));
  EXPECT_EQ(thrown([] { throw 42; }), "int: 42");
  EXPECT_EQ(thrown([] { throw "text"; }), "char const*: text");
  EXPECT_THAT(thrown([] { throw std::string("text"); }), testing::EndsWith(": text"));
  EXPECT_THAT(thrown([] { throw NoException(); }),
              testing::EndsWith("NoException: an exception that is no std::exception"));
  EXPECT_EQ(thrown([] { throw std::runtime_error("caf\xe9"); }),
            "std::runtime_error: caf\xef\xbf\xbd");
}

TEST(HandlerFailure, KeepsADeclaredErrorsTypeAndFields) {
  try {
    throw calc::DivisionByZero({.dividend = 7}, "why");
  } catch (...) {
    const Failure failure = handler_failure();
    EXPECT_EQ(failure.code(), ErrorCode::declared);
    EXPECT_EQ(failure.remote_type(), "samples.calc.DivisionByZero");
    EXPECT_EQ(error_text(failure), "DivisionByZero: why");
    EXPECT_EQ(decode<calc::DivisionByZero::Details>(failure.data().details)->dividend, 7);
  }
  EXPECT_EQ(thrown([] { throw calc::DivisionByZero(calc::DivisionByZero::Details()); }),
            "DivisionByZero");
}

TEST(HandlerFailure, AnErrorThatCannotTravelIsAnEncodeError) {
  struct Bad final : InterfaceError {
    Bad() : InterfaceError(declared_failure(kNotFound, "x")) {}
    const ErrorType& type() const noexcept override { return kNotFound; }
    bool write_details(Encoder& to) const override {
      return codec::field<codec::String>(to, "id", "\xff");
    }
  };
  EXPECT_THAT(thrown([] { throw Bad(); }),
              testing::StartsWith("EncodeError: error NotFound.id: expected UTF-8 text"));
}

}  // namespace
}  // namespace multifrost::call
