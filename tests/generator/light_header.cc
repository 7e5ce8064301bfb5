// A generated header brings none of the standard library's expensive headers along: everybody who
// includes it would pay. Compiling this file is the test; the names are libstdc++'s include guards.
#include "split.mf.h"

#ifdef __GLIBCXX__
#if defined(_GLIBCXX_CHRONO) || defined(_GLIBCXX_FUNCTIONAL) || defined(_GLIBCXX_FUTURE)
#error "a generated header includes <chrono>, <functional> or <future>"
#endif
#if defined(_GLIBCXX_STOP_TOKEN) || defined(_GLIBCXX_THREAD) || defined(_GLIBCXX_SEMAPHORE)
#error "a generated header includes <stop_token>, <thread> or <semaphore>"
#endif
#if defined(_GLIBCXX_SSTREAM) || defined(_GLIBCXX_ISTREAM)  // <memory> itself brings <ostream>
#error "a generated header includes streams"
#endif
#if defined(_GLIBCXX_MAP) || defined(_GLIBCXX_UNORDERED_MAP) || defined(_GLIBCXX_VARIANT)
#error "a generated header includes containers that its types do not have"
#endif
#endif

#if defined(ZMQ_VERSION) || defined(MSGPACK_VERSION) || defined(NLOHMANN_JSON_VERSION_MAJOR)
#error "a generated header includes a third library"
#endif
