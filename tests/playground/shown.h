// The world as the control interface and its stream show it: Discord's objects and what README.md adds to
// them.
#pragma once

#include "interactions.h"
#include "world.h"

namespace coordinator::playground {

Json shown_message(World& world, const Message& message);
Json shown_interaction(const Interaction& interaction);
Json shown_commands(World& world);
// The `hello` of the stream, without its type.
Json shown_world(World& world, WallTime now, Millis offset, bool connected);

}  // namespace coordinator::playground
