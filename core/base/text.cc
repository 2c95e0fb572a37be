#include "base/text.h"

namespace coordinator::text {}  // namespace coordinator::text
