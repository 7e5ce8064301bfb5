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

std::string methods_name(const mfidl::Interface& interface) {
  return "_" + interface.name + "__methods";
}

std::string annotation(const mfidl::Parameter& parameter, const Types& types) {
  std::string text = types.annotation(parameter.type);
  if (parameter.form == ParameterForm::kOptional && !parameter.type.nullable) text += " | None";
  return text;
}

// "limit: int | None = None", for callers.
std::string signature(const mfidl::Parameter& parameter, const Types& types) {
  std::string text =
      types.beside_types(parameter_name(parameter)) + ": " + annotation(parameter, types);
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

// One list for each place where a method's parameters are printed.
struct ParameterLists {
  List descriptors;  // for the method's descriptor
  List worker = {Value("self")};
  List client = {Value("self")};
  List arguments;  // of a client's call, the descriptor's name first
};

ParameterLists parameter_lists(const mfidl::Interface& interface, const mfidl::Method& method,
                               const Types& types) {
  ParameterLists lists;
  lists.arguments.push_back(methods_name(interface) + "." +
                            types.beside_types(method_name(method)));
  for (const mfidl::Parameter& parameter : method.parameters) {
    lists.descriptors.push_back(descriptor(parameter, types));
    lists.worker.push_back(types.beside_types(parameter_name(parameter)) + ": " +
                           annotation(parameter, types));
    lists.client.push_back(signature(parameter, types));
    lists.arguments.push_back(types.beside_types(parameter_name(parameter)));
  }
  if (method.stream_parameter) {
    const mfidl::Parameter& stream = *method.stream_parameter;
    const std::string typed = types.beside_types(parameter_name(stream)) + ": _AsyncIterator[" +
                              types.annotation(stream.type) + "]";
    lists.descriptors.push_back(descriptor(stream, types));
    lists.worker.push_back(typed);
    lists.client.push_back(typed);
    lists.arguments.push_back(types.beside_types(parameter_name(stream)));
  }
  return lists;
}

Object method_view(const mfidl::Interface& interface, const mfidl::Method& method,
                   const Types& types) {
  Object view;
  const std::string name = types.beside_types(method_name(method));
  view.add("name", name);
  view.add("name_quoted", quoted(name));
  view.add("wire", quoted(method.wire));
  view.add("label", quoted(interface.name + "." + method.name));
  view.add("doc", docstring_lines(method));
  view.add("result", result_annotation(method, types));
  view.add("has_result", method.result.has_value());
  ParameterLists lists = parameter_lists(interface, method, types);
  view.add("parameters", std::move(lists.descriptors));
  view.add("worker_parameters", std::move(lists.worker));
  view.add("client_parameters", std::move(lists.client));
  view.add("call_arguments", std::move(lists.arguments));
  view.add("options", descriptor_options(method, types));
  return view;
}

}  // namespace

Object interface_view(const mfidl::Interface& interface, const Types& types) {
  Object view;
  view.add("name", declared_name(interface));
  view.add("doc", docstring_lines(interface));
  view.add("methods_name", methods_name(interface));
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
