// std::chrono's durations, clocks and literals, without its calendar.
//
// In C++20 <chrono> brings streams and locales along for printing dates: measured, half a second of
// compiler time in every file that includes a generated header. libstdc++ keeps what is needed here
// in a header of its own; other standard libraries get the whole. Who works with dates or time
// zones includes <chrono> as well.
#pragma once

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
