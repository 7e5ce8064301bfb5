#include "value.h"

#include <array>
#include <cassert>

namespace mfgen {

// How many members most objects have at most.
constexpr std::size_t kUsual = 16;

void Object::add(Key key, Value value) {
  assert(find(key.text()) == nullptr);
  if (members_.capacity() == 0) {
    members_.reserve(kUsual);
  }
  members_.push_back(Member{key.text(), std::move(value)});
}

const Value* Object::find(std::string_view name) const {
  Hint hint;
  return find(name, hint);
}

const Value* Object::find(std::string_view name, Hint& hint) const {
  if (hint.index < members_.size() && members_[hint.index].name.data() == hint.key) {
    return &members_[hint.index].value;
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].name == name) {
      hint = {static_cast<std::uint32_t>(i), members_[i].name.data()};
      return &members_[i].value;
    }
  }
  return nullptr;
}

std::string_view Value::kind_name() const {
  static constexpr std::array<std::string_view, 6> kNames = {"null", "a bool", "a number",
                                                             "text", "a list", "an object"};
  return kNames[data_.index()];
}

namespace {

void write_quoted(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  out += '"';
}

void write(const Value& value, std::size_t depth, std::string& out) {
  const auto new_line = [&out](std::size_t level) { out.append(1, '\n').append(level * 2, ' '); };
  if (const auto* text = value.as_text()) {
    write_quoted(*text, out);
  } else if (const auto* flag = value.as_bool()) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = value.as_number()) {
    out += std::to_string(*number);
  } else if (const auto* list = value.as_list()) {
    out += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      out += i == 0 ? "" : ",";
      new_line(depth + 1);
      write((*list)[i], depth + 1, out);
    }
    if (!list->empty()) {
      new_line(depth);
    }
    out += ']';
  } else if (const auto* object = value.as_object()) {
    out += '{';
    for (std::size_t i = 0; i < object->members().size(); ++i) {
      const Member& member = object->members()[i];
      out += i == 0 ? "" : ",";
      new_line(depth + 1);
      write_quoted(member.name, out);
      out += ": ";
      write(member.value, depth + 1, out);
    }
    if (!object->members().empty()) {
      new_line(depth);
    }
    out += '}';
  } else {
    out += "null";
  }
}

}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  write(value, 0, out);
  out += '\n';
  return out;
}

}  // namespace mfgen
