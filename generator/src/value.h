// What a template sees: ordered JSON, built once per generated file by a language's view.
//
// A type of our own instead of a JSON library's because views build some hundred thousand of these
// for a large interface: keys are string literals that are never copied, an object is a flat
// vector, and nothing here parses. `to_json` prints it for `mfgen dump --view`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mfgen {

class Value;
struct Member;

// The name of an object's member. Only a string literal makes one, so it lives for ever.
class Key {
 public:
  template <std::size_t N>
  consteval Key(const char (&literal)[N]) : text_(literal, N - 1) {}  // NOLINT: implicit by design

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

using List = std::vector<Value>;

// Where a name was found the last time. Objects of one list are made by the same lines of a view,
// so the next one has it at the same index, and its key is the very same literal.
struct Hint {
  std::uint32_t index = 0;
  const char* key = nullptr;
};

// Members in the order in which the view added them.
class Object {
 public:
  // Adds a member; a name is added once.
  void add(Key key, Value value);

  // Null when there is none.
  const Value* find(std::string_view name) const;
  // The same for who looks for this name in many objects, with a hint for it alone.
  const Value* find(std::string_view name, Hint& hint) const;

  const std::vector<Member>& members() const { return members_; }

 private:
  std::vector<Member> members_;
};

// Copies of an object share it: a view may show the same method to several files.
class Value {
 public:
  Value() = default;  // null
  Value(bool flag) : data_(flag) {}
  Value(std::int64_t number) : data_(number) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(List list) : data_(std::move(list)) {}
  Value(Object object) : data_(std::make_shared<const Object>(std::move(object))) {}

  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* as_number() const { return std::get_if<std::int64_t>(&data_); }
  const std::string* as_text() const { return std::get_if<std::string>(&data_); }
  const List* as_list() const { return std::get_if<List>(&data_); }
  const Object* as_object() const {
    const auto* object = std::get_if<std::shared_ptr<const Object>>(&data_);
    return object != nullptr ? object->get() : nullptr;
  }
  bool is_null() const { return data_.index() == 0; }

  // "a list", "text", … for messages.
  std::string_view kind_name() const;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, List, std::shared_ptr<const Object>>
      data_;
};

struct Member {
  std::string_view name;
  Value value;
};

// Indented JSON with a final newline.
std::string to_json(const Value& value);

}  // namespace mfgen
