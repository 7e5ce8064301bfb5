// A short name for what an interface looks like on the wire, so that two peers can tell at the
// first heartbeat whether they were generated from the same contract
// (metadata.mf.iface.fingerprint).
//
// What counts: the interface's full name; each method's wire name, in order of wire names; its
// parameters in order, with form, default and (unless @positional) wire name; result, streams, the
// full names of the errors it throws; and behind every type its whole structure: kinds,
// nullability, encodings, nan_as_null, member forms, wire keys and defaults, wire values of enums,
// tags, open, strict, keep_unknown, an error's match prefixes, and the value limits (@min, @max,
// @size). What does not: how a name is spelled in source, aliases and constants, names of types,
// the order of methods, members and enum values, docs, deprecation, since, version, targets,
// worker, timeout, idempotent, examples, other tools' annotations.
//
// It is a hash, not a judgement: whether a difference hurts, and whom, is what `mfgen compat` says.
#pragma once

#include <string>

#include "mfidl/model.h"

namespace mfidl {

// Sixteen lower-case hex digits (FNV-1a, 64 bits, over the text of describe_interface).
std::string fingerprint(const Interface& interface);

// The text that is hashed, readable, one line a method or type: to see why two fingerprints differ.
std::string describe_interface(const Interface& interface);

}  // namespace mfidl
