// What each annotation of the table does to the model. An effect reports when the thing it stands
// on cannot take it
// (`@min` on a string); that the site is allowed and the arguments are of the right kinds has been
// checked.
#pragma once

#include "annotation_table.h"

namespace mfidl::effects {

// On anything with a name.
void set_deprecated(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_names(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_since(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_wire(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);

// On values: a member, a parameter, a method's result. They reach through list, map, tuple and
// union to what they govern, but not into structs. In annotation_values.cc.
void set_encoding(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_max(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_min(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_nan_as_null(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_size(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);

// On structs and errors.
void add_matches(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_keep_unknown(const BoundArguments& arguments, AnnotationTarget& target,
                      EffectTools& tools);
void set_strict(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);

// On methods and interfaces. An example waits for check_examples: it needs all wire names.
void leave_example(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_idempotent(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_positional(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_targets(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_timeout(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_version(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);
void set_worker(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools);

}  // namespace mfidl::effects
