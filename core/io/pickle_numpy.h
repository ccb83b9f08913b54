// NumPy's arrays, scalars and element types as they stand in pickles. For the files pickle*.cpp only.
// Source: numpy/core/src/multiarray (array_reduce, arraydescr_reduce), numpy.core.numeric._frombuffer.
#pragma once

#include "core/io/pickle.h"

namespace hbev {

/// Adds numpy.dtype, numpy.ndarray and the functions that rebuild arrays and scalars.
void addNumpyConstructors(PickleConstructors& constructors);

/// Sets what __setstate__ would set in an Array or a Dtype. Throws Error when shape, type and bytes do not
/// agree.
void setNumpyState(PickleBuilder& builder, const PickleValue& target, const PickleValue& state);

}  // namespace hbev
