// The runtime's version, which generated code holds against its own.
#pragma once

namespace multifrost {

/// Raised when generated code of an older mfgen no longer fits this runtime.
inline constexpr int kGeneratedCodeVersion = 1;
inline constexpr char kVersion[] = "0.1.0";

}  // namespace multifrost
