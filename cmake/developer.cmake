# What holds for everything that is built in this tree and for nobody who merely uses it: warnings,
# optimisation, the compiler cache, and the Python interpreter that tests run workers with.

# The one list of warnings. Errors by default here; a project that adds mfgen with add_subdirectory()
# keeps its own flags.
option(MFGEN_WARNINGS_AS_ERRORS "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})
if(PROJECT_IS_TOP_LEVEL)
  add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast)
  # Optimising, GCC 12 sees uninitialised members in every moved-from std::variant that holds a
  # vector, and overlapping copies in `"text" + std::string` (its bug 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-maybe-uninitialized -Wno-restrict)
  endif()
  if(MFGEN_WARNINGS_AS_ERRORS)
    add_compile_options(-Werror)
  endif()
endif()

# -O2 as packages are built; -O3 makes the runtime nearly twice as large, and no call faster.
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
endif()

find_program(MFGEN_CCACHE ccache DOC "Compiler cache; not needed")
mark_as_advanced(MFGEN_CCACHE)
if(MFGEN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${MFGEN_CCACHE}")
endif()

# Tests and samples start Python workers with this interpreter. scripts/setup makes the virtual
# environment; without one, the system's Python must have the packages of scripts/requirements.txt.
if(EXISTS "${PROJECT_SOURCE_DIR}/.venv/bin/python3")
  set(python_default "${PROJECT_SOURCE_DIR}/.venv/bin/python3")
else()
  find_program(python_default python3 NO_CACHE)
endif()
set(MFGEN_PYTHON "${python_default}" CACHE FILEPATH "Python 3.10 or newer for tests and samples")
