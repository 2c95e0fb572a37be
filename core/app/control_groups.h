// Where this daemon may make control groups for its turns, if anywhere.
#pragma once

#include <string>

namespace coordinator::app {

// A directory for one group a turn, with the controllers of memory, processes and CPU handed down to it;
// empty: there is none, and the shims watch their turns themselves.
//
// `configured` (limits.control_group) is a group that was delegated to us. Without it: where systemd has put
// the daemon's own process into a subgroup "daemon" of a delegated service (Delegate=yes,
// DelegateSubgroup=daemon, systemd 254 and later), that service's group. Never a group that processes are in:
// it could not hand controllers down, and systemd could not start the service again.
// https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint
std::string control_groups(const std::string& configured);

// The group of this process, of the text of /proc/self/cgroup, when it is such a subgroup: the path of the
// group above it; else empty.
std::string delegated_above(const std::string& proc_self_cgroup);

}  // namespace coordinator::app
