// Growing, and putting attached parts in their place.
#include "multifrost/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace multifrost {
namespace {
constexpr std::size_t kFirstCapacity = 256;  // holds an ordinary call
}

struct Buffer::Attached {
  std::vector<Piece> pieces;
};

[[gnu::hot]] Buffer::~Buffer() {
  if (data_ != nullptr) std::free(data_ - kHeadRoom);
  if (attached_) drop_attached();
}

void Buffer::grow(std::size_t more) {
  if (more > std::numeric_limits<std::size_t>::max() / 2 - size_) throw std::bad_alloc();
  const std::size_t wanted = std::max({size_ + more, capacity_ * 2, kFirstCapacity});
  void* bigger = std::realloc(data_ == nullptr ? nullptr : data_ - kHeadRoom, kHeadRoom + wanted);
  if (bigger == nullptr) throw std::bad_alloc();
  data_ = static_cast<char*>(bigger) + kHeadRoom;
  capacity_ = wanted;
}

void Buffer::attach(Bytes bytes) { add_piece({size_, std::move(bytes), false}); }

bool Buffer::any_borrowed() const noexcept {
  const auto is_borrowed = [](const Piece& piece) { return piece.borrowed; };
  return std::any_of(attached_->pieces.begin(), attached_->pieces.end(), is_borrowed);
}

void Buffer::attach_borrowed(BytesView bytes) {
  add_piece({size_, Bytes(nullptr, bytes.data(), bytes.size()), true});
}

void Buffer::add_piece(Piece piece) {
  if (!attached_) attached_ = new Attached;
  const std::size_t size = piece.bytes.size();
  attached_->pieces.push_back(std::move(piece));
  attached_size_ += size;
}

std::size_t Buffer::attached_count() const noexcept { return attached_->pieces.size(); }

const Buffer::Piece& Buffer::attached_piece(std::size_t index) const noexcept {
  return attached_->pieces[index];
}

Bytes* Buffer::next_borrowed(std::size_t& from) noexcept {
  for (; from < attached_->pieces.size(); ++from) {
    Piece& piece = attached_->pieces[from];
    if (std::exchange(piece.borrowed, false)) return &piece.bytes;
  }
  return nullptr;
}

void Buffer::drop_attached() noexcept {
  delete std::exchange(attached_, nullptr);
  attached_size_ = 0;
}

void Buffer::flatten() const {
  Buffer flat;
  flat.reserve_more(size());
  for_each_part([&](std::string_view part) { flat.append(part); });
  const_cast<Buffer*>(this)->swap(flat);
}

Bytes share(Buffer&& buffer) {
  const auto owner = std::make_shared<Buffer>(std::move(buffer));
  const BytesView view = owner->view();
  return {owner, view.data(), view.size()};
}

}  // namespace multifrost
