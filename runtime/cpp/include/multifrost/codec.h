// The codecs: one for each type of the language, composed as the types are
// (`list<Detection>?` is `Optional<List<Generated<Detection>>>`), and encode/decode for single
// values. Generated headers include encode.h alone, generated sources the codecs that they use.
#pragma once

#include "multifrost/codec/generated.h"
#include "multifrost/codec/key.h"
#include "multifrost/codec/limited.h"
#include "multifrost/codec/list.h"
#include "multifrost/codec/map.h"
#include "multifrost/codec/one_of.h"
#include "multifrost/codec/optional.h"
#include "multifrost/codec/scalar.h"
#include "multifrost/codec/time.h"
#include "multifrost/codec/tuple.h"
#include "multifrost/encode.h"
