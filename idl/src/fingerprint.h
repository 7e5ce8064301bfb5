// A short name for what an interface looks like on the wire, so that two peers can tell at the
// first heartbeat whether they were generated from the same contract
// (metadata.mf.iface.fingerprint).
//
// What counts: the interface's full name; each method's wire name; its parameters in order, with
// form, default and (unless @positional) wire name; result, streams, and the full names of the
// errors it throws; and behind every type its whole structure: kinds, nullability, encodings,
// nan_as_null, member forms, wire keys and defaults, wire values of enums, tags, open, strict,
// keep_unknown, an error's match prefixes, and the value limits (@min, @max, @size).
//
// What does not: how a name is spelled in source; aliases and constants; the names of types, but
// for those of a circle of types that hold each other; the order of methods, members, enum values
// and the members of a union; docs, deprecation, since, version, targets, worker, timeout,
// idempotent, examples, and other tools' annotations.
//
// It is a hash, not a judgement: it does not tell whether a difference hurts, and whom.
#pragma once

#include "mfidl/model.h"

namespace mfidl {

// Sets `fingerprint` of every interface: sixteen lower-case hex digits, FNV-1a with 64 bits. Takes
// time linear in the model: a type is hashed once, from the hashes of the types it holds.
void set_fingerprints(Model& model);

}  // namespace mfidl
