#include "cpp/interface.h"

#include <algorithm>

#include "cpp/literal.h"

namespace mfgen::cpp {

namespace {

using mfidl::Method;
using mfidl::Parameter;
using mfidl::ParameterForm;

std::string default_argument(const Parameter& parameter, const Types& types) {
  if (parameter.default_value) {
    return " = " + literal(*parameter.default_value, parameter.type, types);
  }
  return parameter.form == ParameterForm::kOptional ? " = std::nullopt" : "";
}

Object parameter_view(const Parameter& parameter, Scope scope) {
  const bool optional = parameter.form == ParameterForm::kOptional;
  mfidl::Type held = parameter.type;
  held.nullable = held.nullable || optional;
  scope.includes.parameter(held, optional);
  Object view;
  const std::string name = scope.types.names().parameter(parameter);
  view.add("name", name);
  view.add("wire", quoted(parameter.wire));
  view.add("type", scope.types.parameter(parameter.type, optional));
  view.add("default", default_argument(parameter, scope.types));
  view.add("value_type", scope.types.value(held));
  view.add("given", Types::is_cheap(parameter.type) ? name : "std::move(" + name + ')');
  view.add("codec", scope.types.codec(held));
  view.add("value_codec", scope.types.codec_of_value(parameter.type));
  view.add("optional", optional);
  view.add("hole_is_null", optional && parameter.type.nullable);
  view.add("required", parameter.form == ParameterForm::kRequired);
  view.add("defaulted", parameter.form == ParameterForm::kDefaulted);
  view.add("initializer", parameter.default_value ? " = " + literal(*parameter.default_value,
                                                                    parameter.type, scope.types)
                                                  : std::string("{}"));
  return view;
}

// "b ? 3 : (a ? 2 : 1)": how many arguments are sent when some of the last ones are empty.
std::string argument_count(const Method& method, const Types& types) {
  std::string text;
  std::size_t required = 0;
  for (const Parameter& parameter : method.parameters) {
    if (parameter.form != ParameterForm::kOptional) {
      ++required;
    }
  }
  text = std::to_string(required);
  for (std::size_t i = required; i < method.parameters.size(); ++i) {
    const std::string inner = i == required ? text : '(' + text + ')';
    text = types.names().parameter(method.parameters[i]) + " ? " + std::to_string(i + 1) + " : " +
           inner;
  }
  return text;
}

// True when an argument's fate depends on those behind it.
bool count_needed(const Method& method) {
  bool seen = false;
  for (const Parameter& parameter : method.parameters) {
    const bool optional = parameter.form == ParameterForm::kOptional;
    if (optional && (seen || parameter.type.nullable)) {
      return true;
    }
    seen = seen || optional;
  }
  return false;
}

// The wire name of the first optional parameter behind `index` that is set, as an expression.
std::string later_name(const Method& method, std::size_t index, const Types& types) {
  std::string text;
  for (std::size_t i = method.parameters.size(); i-- > index + 1;) {
    const std::string wire = quoted(method.parameters[i].wire);
    text = text.empty()
               ? wire
               : types.names().parameter(method.parameters[i]) + " ? " + wire + " : " + text;
  }
  return text;
}

std::string_view stream_kind(const Method& method) {
  if (method.stream_result) {
    return method.stream_parameter ? "both" : "from_worker";
  }
  return method.stream_parameter ? "to_worker" : "none";
}

// What callers get: the result, or the ends of the streams.
std::string caller_result(const Method& method, const std::string& result, const Types& types) {
  const std::string reader = "::multifrost::StreamReader<" + result + '>';
  if (!method.stream_parameter) {
    return method.stream_result ? reader : result;
  }
  const std::string item = types.value(method.stream_parameter->type);
  return method.stream_result ? "::multifrost::StreamExchange<" + item + ", " + result + '>'
                              : "::multifrost::StreamUpload<" + item + ", " + result + '>';
}

// "open_reader<codec::I32>": the function of multifrost/stream.h that begins the call.
std::string stream_opener(const Method& method, const std::string& result_codec, Types& types) {
  if (!method.stream_parameter) {
    return "open_reader<" + result_codec + '>';
  }
  const std::string item = types.codec(method.stream_parameter->type);
  if (method.stream_result) {
    return "open_exchange<" + item + ", " + result_codec + '>';
  }
  return "open_upload<" + item + ", " +
         (result_codec.empty() ? "mf::detail::Nothing" : result_codec) + '>';
}

List parameter_views(const Method& method, Scope scope) {
  List views;
  for (std::size_t i = 0; i < method.parameters.size(); ++i) {
    Object view = parameter_view(method.parameters[i], scope);
    view.add("index", Value(static_cast<std::int64_t>(i)));
    view.add("later", later_name(method, i, scope.types));
    views.emplace_back(std::move(view));
  }
  return views;
}

List throws_views(const Method& method, Scope scope) {
  List views;
  for (const mfidl::Error* error : method.throws) {
    scope.includes.declaration(*error);
    views.emplace_back(scope.types.reference(*error));
  }
  return views;
}

// What a worker's method takes besides the parameters, in front of the context.
List worker_streams(const Method& method, const std::string& result,
                    const std::string& result_codec, Scope scope) {
  List views;
  const auto add = [&views](std::string type, std::string name, std::string access) {
    Object view;
    view.add("type", std::move(type));
    view.add("name", std::move(name));
    view.add("access", std::move(access));
    views.emplace_back(std::move(view));
  };
  if (method.stream_parameter) {
    const mfidl::Type& item = method.stream_parameter->type;
    scope.includes.type(item);
    add("::multifrost::StreamReader<" + scope.types.value(item) + '>',
        scope.types.names().parameter(*method.stream_parameter),
        "read_value<" + scope.types.codec(item) + '>');
  }
  if (method.stream_result) {
    add("::multifrost::StreamWriter<" + result + '>', "results",
        "write_value<" + result_codec + '>');
  }
  return views;
}

// "Generated<Box>(I64, String)": what the code of a call depends on.
std::string signature(const Method& method, const std::string& result_codec, Scope scope) {
  std::string text = result_codec + '(';
  for (const Parameter& parameter : method.parameters) {
    text += scope.types.codec(parameter.type) + ',';
  }
  return text + ')';
}

Object method_view(const Method& method, const mfidl::Interface& interface, Scope scope) {
  Object view;
  describe(method, scope.types.names().method(method), view);
  std::string result = "void";
  std::string codec;
  if (method.result) {
    scope.includes.type(*method.result);
    result = scope.types.value(*method.result);
    codec = scope.types.codec(*method.result);
  }
  const bool streams = method.stream_result || method.stream_parameter.has_value();
  if (streams) {
    scope.includes.runtime("stream.h");
    view.add("open_stream", stream_opener(method, codec, scope.types));
  }
  std::size_t least = 0;
  for (const Parameter& parameter : method.parameters) {
    least += parameter.form == ParameterForm::kRequired ? 1 : 0;
  }
  view.add("label", quoted(interface.name + '.' + method.name));
  view.add("wire", quoted(method.wire));
  view.add("result", caller_result(method, result, scope.types));
  view.add("worker_result", method.stream_result ? std::string("void") : result);
  view.add("signature", signature(method, codec, scope));
  view.add("worker_streams", worker_streams(method, result, codec, scope));
  view.add("worker_codec", method.stream_result ? std::string() : codec);
  view.add("pending_codec", codec.empty() ? "mf::detail::Nothing" : codec);
  view.add("result_codec", std::move(codec));
  view.add("streams", streams);
  view.add("stream_kind", stream_kind(method));
  view.add("parameters", parameter_views(method, scope));
  // No argument is ever left out or filled in: one line of generated code is enough.
  view.add("complete", !streams && least == method.parameters.size());
  view.add("least", Value(static_cast<std::int64_t>(least)));
  view.add("most", Value(static_cast<std::int64_t>(method.parameters.size())));
  view.add("argument_count", argument_count(method, scope.types));
  view.add("count_needed", count_needed(method));
  view.add("throws", throws_views(method, scope));
  view.add("timeout", method.timeout ? duration(*method.timeout) : std::string());
  view.add("idempotent", method.idempotent);
  return view;
}

}  // namespace

Object interface_view(const mfidl::Interface& interface, Scope scope) {
  const InterfaceNames names(interface);
  Object view;
  describe(interface, names.caller, view);
  view.add("client", names.client);
  view.add("worker", names.worker);
  view.add("mock", names.mock);
  view.add("parameters_space", names.parameters);
  view.add("throws_space", names.throws);
  view.add("methods_space", names.methods);
  view.add("requests_space", names.requests);
  view.add("serving_space", names.serving);
  view.add("methods_table", "k" + names.caller + "Methods");
  view.add("serving_table", "k" + names.caller + "Serving");
  view.add("full_name", quoted(interface.full_name));
  view.add("name_space", quoted(interface.worker ? interface.worker->namespace_name : "default"));
  view.add("version", quoted(interface.version));
  view.add("fingerprint", quoted(interface.fingerprint));
  bool has_parameters = false;
  bool has_throws = false;
  std::vector<const Method*> sorted;
  List methods;
  for (const Method& method : interface.methods) {
    sorted.push_back(&method);
    has_parameters = has_parameters || !method.parameters.empty();
    has_throws = has_throws || !method.throws.empty();
    methods.emplace_back(method_view(method, interface, scope));
  }
  view.add("example", sorted.empty() ? "method" : scope.types.names().method(*sorted.front()));
  view.add("has_parameters", has_parameters);
  view.add("has_throws", has_throws);
  view.add("methods", std::move(methods));
  // The dispatcher looks wire names up by halving.
  std::sort(sorted.begin(), sorted.end(),
            [](const Method* left, const Method* right) { return left->wire < right->wire; });
  List by_wire;
  for (const Method* method : sorted) {
    by_wire.emplace_back(scope.types.names().method(*method));
  }
  view.add("methods_by_wire", std::move(by_wire));
  return view;
}

}  // namespace mfgen::cpp
