// The rows of diagnostic_table.def as typed constants, for the phases that report them:
// diag::kUnknownType and so on.
#pragma once

#include "mfidl/diagnostics.h"

namespace mfidl::diag {

#define MFIDL_ROW(severity_, number_, name_, title_, format_)           \
  inline constexpr DiagnosticDef<count_placeholders(format_)> k##name_{ \
      {number_, severity_, #name_, title_, format_, false}};
#define MFIDL_ERROR(number_, name_, title_, format_) \
  MFIDL_ROW(Severity::kError, number_, name_, title_, format_)
#define MFIDL_WARNING(number_, name_, title_, format_) \
  MFIDL_ROW(Severity::kWarning, number_, name_, title_, format_)
#define MFIDL_RETIRED(number_, name_, title_)

#include "diagnostic_table.def"

#undef MFIDL_RETIRED
#undef MFIDL_WARNING
#undef MFIDL_ERROR
#undef MFIDL_ROW

}  // namespace mfidl::diag
