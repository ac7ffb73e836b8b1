#pragma once

// The one way to napi.h, so that every file sees the same switches.

// worker.terminate() makes every call into JavaScript fail from one moment to the next, also halfway through
// settling a job. Without this switch the wrappers end the whole process there, because they can't throw.
// Code here must then expect empty handles from whatever creates buffers or runs JavaScript.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS

#include <napi.h>
