#include "io/background.h"

#include <uv.h>

#include <memory>
#include <utility>

#include "io/loop.h"

namespace coordinator::io {

namespace {

struct Work {
  uv_work_t request{};
  std::function<void()> run, done;
};

void finish(uv_work_t* request, int) {
  std::unique_ptr<Work> job(static_cast<Work*>(request->data));
  if (job->done) job->done();
}

}  // namespace

void in_background(Loop& loop, std::function<void()> work, std::function<void()> done) {
  auto* job = new Work;
  job->run = std::move(work);
  job->done = std::move(done);
  job->request.data = job;
  uv_queue_work(
      loop.raw(), &job->request, [](uv_work_t* request) { static_cast<Work*>(request->data)->run(); },
      finish);
}

}  // namespace coordinator::io
