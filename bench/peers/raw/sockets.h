// Blocking stream sockets on loopback, TCP or Unix; the caller owns the descriptors.
#pragma once

#include <cstddef>
#include <string>

namespace bench::raw {

/// Listens at a free place and says where.
int listen_anywhere(const std::string& transport, std::string& address);
int accept_one(int listener);
int dial(const std::string& transport, const std::string& address);

void write_all(int socket, const char* data, std::size_t size);
/// False: the other side ended.
bool read_all(int socket, char* data, std::size_t size);
/// As much as there is, at least one byte; 0: the other side ended.
std::size_t read_some(int socket, char* data, std::size_t size);

}  // namespace bench::raw
