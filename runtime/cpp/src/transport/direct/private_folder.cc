// mkdtemp() makes a folder of mode 0700 with a name that nobody could take first.
#include "transport/direct/private_folder.h"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace multifrost::transport::direct {
namespace {

constexpr const char* kName = "/multifrost-XXXXXX";
// A socket's path has 107 bytes; the names below the folder's parent need 26 of them.
constexpr std::size_t kLongestParent = 80;

std::string parent() {
  const char* chosen = std::getenv("TMPDIR");
  const std::string path = chosen != nullptr ? chosen : "";
  return path.empty() || path.size() > kLongestParent ? "/tmp" : path;
}

}  // namespace

Result<PrivateFolder> PrivateFolder::make() {
  PrivateFolder folder;
  std::string path = parent() + kName;
  if (::mkdtemp(path.data()) == nullptr) {
    return Failure(ErrorCode::connection, Execution::not_executed,
                   "cannot make a private folder as '" + path +
                       "': " + std::generic_category().message(errno) +
                       "; point TMPDIR to a folder that may be written");
  }
  folder.path_ = std::move(path);
  return folder;
}

PrivateFolder::~PrivateFolder() {
  if (path_.empty()) return;
  ::unlink(socket_path().c_str());
  ::rmdir(path_.c_str());
}

std::string one_time_token() {
  std::array<unsigned char, 16> bits;
  if (::getentropy(bits.data(), bits.size()) != 0) {
    throw std::system_error(errno, std::generic_category(), "getentropy");
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bits) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace multifrost::transport::direct
