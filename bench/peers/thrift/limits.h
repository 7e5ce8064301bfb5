// Thrift's limits on messages, wide enough for the largest echo.
#pragma once

#include <thrift/TConfiguration.h>

#include <memory>

inline constexpr int kLargest = 512 << 20;

inline std::shared_ptr<apache::thrift::TConfiguration> limits() {
  return std::make_shared<apache::thrift::TConfiguration>(kLargest, kLargest);
}
