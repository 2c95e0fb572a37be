#include "io/background.h"

#include <uv.h>

#include <memory>
#include <utility>

#include "io/loop.h"

namespace coordinator::io {

namespace {

struct Work {
  uv_work_t request{};
  std::function<void()> run;
};

}  // namespace

void in_background(Loop& loop, std::function<void()> work) {
  auto* job = new Work;
  job->run = std::move(work);
  job->request.data = job;
  uv_queue_work(
      loop.raw(), &job->request, [](uv_work_t* request) { static_cast<Work*>(request->data)->run(); },
      [](uv_work_t* request, int) { delete static_cast<Work*>(request->data); });
}

}  // namespace coordinator::io
