#include "python/interface_view.h"

#include <algorithm>
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

bool may_be_left_out(const mfidl::Parameter& parameter) {
  return parameter.form != ParameterForm::kRequired;
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
  if (method.result) {
    options.push_back((method.stream_result ? "output=" : "result=") + types.codec(*method.result));
  }
  if (method.stream_parameter) {
    options.push_back("input=" + types.codec(method.stream_parameter->type));
  }
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
  return options;
}

// The two clients of an interface differ in these words.
struct ClientKind {
  const char* suffix;
  const char* doc;
  const char* define;    // of a method that waits for its result
  const char* wait;      // in front of such a call
  const char* call_end;  // of the names of what it calls
  const char* stream;    // what a streamed result is
  bool async_items;      // whether the caller's items may come asynchronously
};

constexpr ClientKind kAsync = {"Client", "from asyncio code", "async def", "await ",
                               "",       "_mf.Stream",        true};
constexpr ClientKind kSync = {"SyncClient", "each call blocking", "def", "",
                              "_sync",      "_mf.SyncStream",     false};

List descriptors(const mfidl::Method& method, const Types& types) {
  List list;
  for (const mfidl::Parameter& parameter : method.parameters) {
    list.push_back(descriptor(parameter, types));
  }
  return list;
}

List worker_parameters(const mfidl::Method& method, const Types& types) {
  List list = {Value("self")};
  const auto add = [&](const mfidl::Parameter& parameter, const std::string& annotated) {
    list.push_back(types.beside_types(parameter_name(parameter)) + ": " + annotated);
  };
  for (const mfidl::Parameter& parameter : method.parameters) {
    add(parameter, annotation(parameter, types));
  }
  if (method.stream_parameter) {
    const mfidl::Parameter& items = *method.stream_parameter;
    add(items, "_mf.Items[" + types.annotation(items.type) + "]");
  }
  return list;
}

// A handler that reads items is an `async def` as often as not.
std::string worker_result(const mfidl::Method& method, const Types& types) {
  const std::string plain = method.result ? types.annotation(*method.result) : "None";
  if (method.stream_result) return "_mf.Yields[" + plain + "]";
  return method.stream_parameter ? "_mf.Returns[" + plain + "]" : plain;
}

List client_parameters(const mfidl::Method& method, const ClientKind& kind, const Types& types) {
  List list = {Value("self")};
  for (const mfidl::Parameter& parameter : method.parameters) {
    list.push_back(signature(parameter, types));
  }
  if (method.stream_parameter) {
    const mfidl::Parameter& items = *method.stream_parameter;
    // What must be given cannot stand behind what may be left out, unless it is given by its name.
    if (std::any_of(method.parameters.begin(), method.parameters.end(), may_be_left_out)) {
      list.push_back(Value("*"));
    }
    const std::string item = "[" + types.annotation(items.type) + "]";
    std::string text = types.beside_types(parameter_name(items)) + ": ";
    if (kind.async_items) text += "_AsyncIterable" + item + " | ";
    list.push_back(text + "_Iterable" + item);
  }
  return list;
}

// The arguments of a client's call, the descriptor's name first.
List call_arguments(const mfidl::Interface& interface, const mfidl::Method& method,
                    const Types& types) {
  List list = {Value(methods_name(interface) + "." + types.beside_types(method_name(method)))};
  for (const mfidl::Parameter& parameter : method.parameters) {
    list.push_back(types.beside_types(parameter_name(parameter)));
  }
  if (method.stream_parameter) {
    list.push_back(types.beside_types(parameter_name(*method.stream_parameter)));
  }
  return list;
}

Object client_method_view(const mfidl::Interface& interface, const mfidl::Method& method,
                          const ClientKind& kind, const Types& types) {
  std::string result = method.result ? types.annotation(*method.result) : "None";
  std::string call = method.stream_parameter ? "upload" : "call";
  if (method.stream_result) {
    result = std::string(kind.stream) + "[" + result + "]";
    call = "stream";
  }
  Object view;
  view.add("define", method.stream_result ? "def" : kind.define);
  view.add("name", types.beside_types(method_name(method)));
  view.add("doc", docstring_lines(method));
  view.add("parameters", client_parameters(method, kind, types));
  view.add("has_result", method.result.has_value());
  view.add("result", result);
  view.add("call",
           (method.stream_result ? "" : kind.wait) + ("self._calls." + call + kind.call_end));
  view.add("arguments", call_arguments(interface, method, types));
  return view;
}

Object client_view(const mfidl::Interface& interface, const ClientKind& kind, const Types& types) {
  Object view;
  view.add("name", declared_name(interface) + kind.suffix);
  view.add("how", kind.doc);
  List methods;
  for (const mfidl::Method& method : interface.methods) {
    methods.push_back(client_method_view(interface, method, kind, types));
  }
  view.add("methods", std::move(methods));
  return view;
}

// For the descriptor and the worker's base.
Object method_view(const mfidl::Interface& interface, const mfidl::Method& method,
                   const Types& types) {
  Object view;
  const std::string name = types.beside_types(method_name(method));
  view.add("name", name);
  view.add("name_quoted", quoted(name));
  view.add("wire", quoted(method.wire));
  view.add("label", quoted(interface.name + "." + method.name));
  view.add("doc", docstring_lines(method));
  view.add("parameters", descriptors(method, types));
  view.add("worker_parameters", worker_parameters(method, types));
  view.add("worker_result", worker_result(method, types));
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
  bool takes_items = false;
  for (const mfidl::Method& method : interface.methods) {
    takes_items = takes_items || method.stream_parameter;
    methods.push_back(method_view(interface, method, types));
  }
  view.add("methods", std::move(methods));
  view.add("takes_items", takes_items);
  view.add("clients", List{Value(client_view(interface, kAsync, types)),
                           Value(client_view(interface, kSync, types))});
  return view;
}

}  // namespace mfgen::python
