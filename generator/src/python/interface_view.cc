#include "python/interface_view.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "python/names.h"
#include "python/text.h"

namespace mfgen::python {
namespace {

using mfidl::ParameterForm;

std::string annotation(const mfidl::Parameter& parameter, const Types& types) {
  std::string text = types.annotation(parameter.type);
  if (parameter.form == ParameterForm::kOptional && !parameter.type.nullable) text += " | None";
  return text;
}

// "limit: int | None = None", for callers.
std::string signature(const mfidl::Parameter& parameter, const Types& types) {
  std::string text = parameter_name(parameter) + ": " + annotation(parameter, types);
  if (parameter.form == ParameterForm::kOptional) return text + " = None";
  if (parameter.form == ParameterForm::kRequired) return text;
  return text + " = " + types.literal(*parameter.default_value, parameter.type);
}

std::string descriptor(const mfidl::Parameter& parameter, const Types& types) {
  std::string text = "_mf.Parameter(" + quoted(parameter.wire) + ", ";
  mfidl::Type type = parameter.type;
  switch (parameter.form) {
    case ParameterForm::kRequired:
      return text + types.codec(type) + ")";
    case ParameterForm::kOptional: {
      const char* form = type.nullable ? "\"hole\"" : "\"omitted\"";
      type.nullable = false;
      return text + types.codec(type) + ", " + form + ")";
    }
    case ParameterForm::kDefaulted:
      break;
  }
  return text + types.codec(type) + ", \"default\", " +
         shared_default(*parameter.default_value, type, types) + ")";
}

Object parameter_view(const mfidl::Parameter& parameter, const Types& types) {
  Object view;
  view.add("name", parameter_name(parameter));
  view.add("annotation", annotation(parameter, types));
  view.add("signature", signature(parameter, types));
  view.add("descriptor", descriptor(parameter, types));
  return view;
}

std::string result_annotation(const mfidl::Method& method, const Types& types) {
  if (!method.result) return "None";
  const std::string item = types.annotation(*method.result);
  return method.stream_result ? "_AsyncIterator[" + item + "]" : item;
}

std::string seconds(std::chrono::nanoseconds span) {
  std::array<char, 32> text;
  const double value = static_cast<double>(span.count()) / 1e9;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  std::string number(text.data(), end);
  return number.find_first_of(".e") == std::string::npos ? number + ".0" : number;
}

// What follows the method's names in its descriptor, one entry a line.
List descriptor_options(const mfidl::Method& method, const Types& types) {
  List options;
  if (method.result) options.push_back("result=" + types.codec(*method.result));
  if (!method.throws.empty()) {
    std::string throws;
    for (const mfidl::Error* error : method.throws) {
      if (!throws.empty()) throws += ", ";
      throws += types.name(*error);
    }
    if (method.throws.size() == 1) throws += ",";  // a tuple of one
    options.push_back("throws=(" + throws + ")");
  }
  if (method.timeout) options.push_back("timeout=" + seconds(*method.timeout));
  if (method.stream_result || method.stream_parameter) options.push_back("streams=True");
  return options;
}

Object method_view(const mfidl::Interface& interface, const mfidl::Method& method,
                   const Types& types) {
  Object view;
  view.add("name", method_name(method));
  view.add("name_quoted", quoted(method_name(method)));
  view.add("wire", quoted(method.wire));
  view.add("label", quoted(interface.name + "." + method.name));
  view.add("doc", doc_lines(method));
  view.add("result", result_annotation(method, types));
  view.add("has_result", method.result.has_value());
  List parameters;
  for (const mfidl::Parameter& parameter : method.parameters) {
    parameters.push_back(parameter_view(parameter, types));
  }
  if (method.stream_parameter) {
    const std::string item = types.annotation(method.stream_parameter->type);
    Object typed;
    typed.add("name", parameter_name(*method.stream_parameter));
    typed.add("annotation", "_AsyncIterator[" + item + "]");
    typed.add("signature",
              parameter_name(*method.stream_parameter) + ": _AsyncIterator[" + item + "]");
    typed.add("descriptor", descriptor(*method.stream_parameter, types));
    parameters.push_back(std::move(typed));
  }
  view.add("parameters", std::move(parameters));
  view.add("options", descriptor_options(method, types));
  return view;
}

}  // namespace

Object interface_view(const mfidl::Interface& interface, const Types& types) {
  Object view;
  view.add("name", declared_name(interface));
  view.add("doc", doc_lines(interface));
  view.add("methods_name", "_" + interface.name + "__methods");
  view.add("full_name", quoted(interface.full_name));
  view.add("version", quoted(interface.version));
  view.add("fingerprint", quoted(interface.fingerprint));
  view.add("namespace",
           quoted(interface.worker ? interface.worker->namespace_name : std::string("default")));
  List methods;
  bool streams = false;
  for (const mfidl::Method& method : interface.methods) {
    streams = streams || method.stream_result || method.stream_parameter;
    methods.push_back(method_view(interface, method, types));
  }
  view.add("methods", std::move(methods));
  view.add("streams", streams);
  return view;
}

}  // namespace mfgen::python
