// Members of structs with common codecs: the same for all generated code, so nobody else compiles
// them.
#include "multifrost/codec/generated.h"

namespace multifrost::codec {
namespace {

template <class C>
bool write_field(Encoder& to, std::string_view key, const typename C::Type& value) {
  to.key(key);
  return C::write(to, value) || to.inside(key);
}

}  // namespace

template <>
bool field<Bool>(Encoder& to, std::string_view key, const bool& value) {
  return write_field<Bool>(to, key, value);
}
template <>
bool field<I32>(Encoder& to, std::string_view key, const std::int32_t& value) {
  return write_field<I32>(to, key, value);
}
template <>
bool field<I64>(Encoder& to, std::string_view key, const std::int64_t& value) {
  return write_field<I64>(to, key, value);
}
template <>
bool field<F64>(Encoder& to, std::string_view key, const double& value) {
  return write_field<F64>(to, key, value);
}
template <>
bool field<String>(Encoder& to, std::string_view key, const std::string& value) {
  return write_field<String>(to, key, value);
}
template <>
bool field<Binary>(Encoder& to, std::string_view key, const Bytes& value) {
  return write_field<Binary>(to, key, value);
}
template <>
bool field<List<F64>>(Encoder& to, std::string_view key, const std::vector<double>& value) {
  return write_field<List<F64>>(to, key, value);
}
template <>
bool field<List<String>>(Encoder& to, std::string_view key, const std::vector<std::string>& value) {
  return write_field<List<String>>(to, key, value);
}

template <>
void StructReader::read<Bool>(bool& into) {
  if (!Bool::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<I32>(std::int32_t& into) {
  if (!I32::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<I64>(std::int64_t& into) {
  if (!I64::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<F64>(double& into) {
  if (!F64::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<String>(std::string& into) {
  if (!String::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<Binary>(Bytes& into) {
  if (!Binary::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<List<F64>>(std::vector<double>& into) {
  if (!List<F64>::read(*from_, into)) refuse_field();
}
template <>
void StructReader::read<List<String>>(std::vector<std::string>& into) {
  if (!List<String>::read(*from_, into)) refuse_field();
}

}  // namespace multifrost::codec
