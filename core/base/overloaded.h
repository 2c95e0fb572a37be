// One visitor out of many lambdas, for std::visit over events and effects.
#pragma once

namespace coordinator {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace coordinator
