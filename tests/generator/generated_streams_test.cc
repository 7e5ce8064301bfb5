// Generated stream methods, from a client through the real codec to a worker in this process, and
// as mocks.
#include <gmock/gmock.h>

#include <cmath>

#include "multifrost/in_process.h"
#include "streams.mf.h"
#include "streams.mock.mf.h"

namespace {

namespace mf = multifrost;
namespace streams = acme::streams;
using mf::CallContext;
using streams::Sample;
using testing::ElementsAre;
using testing::HasSubstr;

struct Sensor final : streams::StreamsWorker {
  void watch(std::string name, std::optional<std::int32_t> limit, mf::StreamWriter<Sample>& results,
             CallContext&) override {
    if (name == "gone") throw streams::Gone("no such sensor");
    for (int at = 0; at < limit.value_or(3); ++at) results.write({.value = at * 0.5});
    if (name == "breaks") throw streams::Gone("it broke");
  }
  std::int32_t upload(std::string, mf::StreamReader<Sample>& samples, CallContext&) override {
    std::int32_t count = 0;
    for (const Sample& sample : samples) count += sample.value > 0 ? 1 : 0;
    return count;
  }
  void forget(mf::StreamReader<mf::Bytes>& samples, CallContext&) override {
    while (samples.next()) ++forgotten;
  }
  void transform(double factor, mf::StreamReader<std::optional<Sample>>& input,
                 mf::StreamWriter<std::variant<std::string, double>>& results,
                 CallContext&) override {
    for (const std::optional<Sample>& sample : input) {
      if (sample) {
        results.write(sample->value * factor);
      } else {
        results.write("none");
      }
    }
  }
  std::int32_t ordinary(CallContext&) override { return 1; }

  int forgotten = 0;
};

class GeneratedStreams : public testing::TestWithParam<mf::Format> {
 protected:
  Sensor sensor;
  streams::StreamsClient client = mf::in_process<streams::Streams>(sensor, GetParam());
};

INSTANTIATE_TEST_SUITE_P(Formats, GeneratedStreams,
                         testing::Values(mf::Format::msgpack, mf::Format::json));

TEST_P(GeneratedStreams, AResultIsReadItemByItem) {
  std::vector<double> values;
  for (const Sample& sample : client.watch("kitchen")) values.push_back(sample.value);
  EXPECT_THAT(values, ElementsAre(0.0, 0.5, 1.0));
  int count = 0;
  for (auto reader = client.watch("kitchen", 1000); reader.next();) ++count;
  EXPECT_EQ(count, 1000);
}

TEST_P(GeneratedStreams, ADeclaredErrorEndsTheItems) {
  auto reader = client.watch("breaks", 2);
  EXPECT_TRUE(reader.next());
  EXPECT_TRUE(reader.next());
  EXPECT_THROW(reader.next(), streams::Gone);
  auto none = client.try_watch("gone");
  ASSERT_TRUE(none.ok());
  const auto end = none->try_next();
  ASSERT_FALSE(end.ok());
  EXPECT_TRUE(end.failure().as<streams::Gone>());
}

TEST_P(GeneratedStreams, AnUploadGivesItsResultAfterTheLastItem) {
  auto upload = client.upload("kitchen");
  for (int at = 0; at < 100; ++at) upload.input.write({.value = at * 1.0});
  upload.input.finish();
  EXPECT_EQ(upload.result.get(), 99);
  auto forget = client.forget();
  forget.input.write(mf::Bytes(std::string_view("ab\0c", 4)));
  forget.input.write(mf::Bytes(std::string(100'000, 'x')));
  forget.input.finish();
  forget.result.get();
  EXPECT_EQ(sensor.forgotten, 2);
}

TEST_P(GeneratedStreams, AnItemThatDoesNotFitIsRefusedWithItsPath) {
  auto upload = client.upload("kitchen");
  upload.input.write({.value = 1});
  const auto refused = upload.input.try_write({.value = std::nan("")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), mf::ErrorCode::invalid_argument);
  EXPECT_THAT(refused.failure().message(), HasSubstr("Streams.upload: item 1.value: "));
  upload.input.write({.value = 2});
  upload.input.finish();
  EXPECT_EQ(upload.result.get(), 2);
}

TEST_P(GeneratedStreams, AnExchangeWritesAndReads) {
  auto exchange = client.transform(10);
  exchange.input.write(Sample{.value = 2});
  EXPECT_EQ(exchange.output.next(), (std::variant<std::string, double>(20.0)));
  exchange.input.write(std::nullopt);
  EXPECT_EQ(exchange.output.next(), (std::variant<std::string, double>("none")));
  exchange.input.finish();
  EXPECT_EQ(exchange.output.next(), std::nullopt);
}

TEST_P(GeneratedStreams, AWriterThatIsDroppedFailsTheHandler) {
  auto upload = client.upload("kitchen");
  upload.input.write({.value = 1});
  upload.input = {};
  const auto end = upload.result.try_get();
  ASSERT_FALSE(end.ok());
  EXPECT_THAT(end.failure().message(), HasSubstr("gave its items up"));
}

TEST_P(GeneratedStreams, OrdinaryMethodsStayOrdinary) { EXPECT_EQ(client.ordinary(), 1); }

double total(const streams::Streams& service) {
  double sum = 0;
  for (const Sample& sample : service.watch("kitchen")) sum += sample.value;
  auto upload = service.upload("sums");
  upload.input.write({.value = sum});
  upload.input.finish();
  return sum + upload.result.get();
}

TEST(StreamMocks, StandInForAWorker) {
  streams::MockStreams mock;
  EXPECT_THROW(mock.watch("kitchen", std::nullopt).cancel(), mf::UnimplementedError);
  mock.on_watch.returns(std::vector<Sample>{{.value = 1}, {.value = 2}});
  std::vector<Sample> written;
  mock.on_upload.answers([&](const std::string&) {
    return mf::StreamUpload<Sample, std::int32_t>{mf::StreamWriter<Sample>(written),
                                                  mf::ready<std::int32_t>(7)};
  });
  EXPECT_EQ(total(mock), 10);
  EXPECT_EQ(total(mock), 10) << "each call gets a reader of its own";
  EXPECT_THAT(written, ElementsAre(Sample{.value = 3}, Sample{.value = 3}));
  mock.on_watch.answers([](const std::string&, std::optional<std::int32_t>) {
    return mf::StreamReader<Sample>({{.value = 1}}, streams::Gone("unplugged").failure());
  });
  EXPECT_THROW(total(mock), streams::Gone);
}

TEST(StreamMocks, AHandlerIsTestedWithoutAClient) {
  Sensor sensor;
  CallContext context;
  mf::StreamReader<Sample> samples(std::vector<Sample>{{.value = 1}, {.value = 0}});
  EXPECT_EQ(sensor.upload("x", samples, context), 1);
  std::vector<Sample> kept;
  mf::StreamWriter<Sample> results(kept);
  sensor.watch("x", 2, results, context);
  EXPECT_EQ(kept.size(), 2U);
}

}  // namespace
