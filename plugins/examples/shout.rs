// A plugin in Rust: /shout, over the C contract as it stands, without a crate.
//
//   rustc --edition 2021 -O --crate-type cdylib -C panic=abort -C strip=symbols shout.rs -o shout.so
//
// The structs are those of coordinator/plugin.h. A panic would end the daemon, so nothing here may panic.
use std::ffi::{c_char, c_int, c_void};

#[repr(C)]
#[derive(Clone, Copy)]
struct Text {
    data: *const u8,
    size: usize,
}

#[repr(C)]
struct Host {
    size: u32,
    major: u32,
    minor: u32,
    log: extern "C" fn(*const Host, c_int, Text),
    extension: extern "C" fn(*const Host, *const c_char) -> *const c_void,
    argument: extern "C" fn(*const Host, u64, Text) -> Text,
    reply: extern "C" fn(*const Host, u64, Text) -> c_int,
    hold: extern "C" fn(*const Host, u64) -> c_int,
    release: extern "C" fn(*const Host, u64),
}

#[repr(C)]
struct Opt {
    size: u32,
    kind: u32,
    flags: u32,
    name: Text,
    description: Text,
    options: *const *const Opt,
    option_count: usize,
    choices: *const *const c_void,
    choice_count: usize,
}

#[repr(C)]
struct Command {
    size: u32,
    flags: u32,
    name: Text,
    description: Text,
    options: *const *const Opt,
    option_count: usize,
    permissions: u64,
    run: extern "C" fn(*mut c_void, u64),
    complete: Option<extern "C" fn(*mut c_void, u64)>,
}

#[repr(C)]
pub struct Plugin {
    size: u32,
    major: u32,
    minor: u32,
    name: Text,
    version: Text,
    description: Text,
    commands: *const *const Command,
    command_count: usize,
    extensions: *const Text,
    extension_count: usize,
    start: extern "C" fn(*const Host, *mut *mut c_void) -> c_int,
    stop: Option<extern "C" fn(*mut c_void)>,
    component: Option<extern "C" fn(*mut c_void, u64)>,
    modal: Option<extern "C" fn(*mut c_void, u64)>,
}

const fn text(literal: &'static str) -> Text {
    Text { data: literal.as_ptr(), size: literal.len() }
}
const fn size<T>() -> u32 {
    std::mem::size_of::<T>() as u32
}

extern "C" fn start(host: *const Host, state: *mut *mut c_void) -> c_int {
    unsafe { *state = host as *mut c_void }; // comes back in run()
    0
}

extern "C" fn run(state: *mut c_void, call: u64) {
    let host = state as *const Host;
    unsafe {
        let said = ((*host).argument)(host, call, text("text"));
        if said.data.is_null() {
            return;
        }
        let bytes = std::slice::from_raw_parts(said.data, said.size);
        let loud = String::from_utf8_lossy(bytes).to_uppercase();
        ((*host).reply)(host, call, Text { data: loud.as_ptr(), size: loud.len() });
    }
}

// What the host reads, all of it constant. It is used on the host's one thread only.
struct Constant<T>(T);
unsafe impl<T> Sync for Constant<T> {}

static OPTION: Constant<Opt> = Constant(Opt {
    size: size::<Opt>(),
    kind: 3,  // COORDINATOR_TEXT
    flags: 1, // COORDINATOR_REQUIRED
    name: text("text"),
    description: text("What to shout"),
    options: std::ptr::null(),
    option_count: 0,
    choices: std::ptr::null(),
    choice_count: 0,
});
static OPTIONS: Constant<[*const Opt; 1]> = Constant([&OPTION.0]);
static COMMAND: Constant<Command> = Constant(Command {
    size: size::<Command>(),
    flags: 0,
    name: text("shout"),
    description: text("Says it louder"),
    options: &OPTIONS.0 as *const _ as *const *const Opt,
    option_count: 1,
    permissions: 0,
    run,
    complete: None,
});
static COMMANDS: Constant<[*const Command; 1]> = Constant([&COMMAND.0]);
static PLUGIN: Constant<Plugin> = Constant(Plugin {
    size: size::<Plugin>(),
    major: 1,
    minor: 0,
    name: text("shout"),
    version: text("1.0"),
    description: text("Says things louder"),
    commands: &COMMANDS.0 as *const _ as *const *const Command,
    command_count: 1,
    extensions: std::ptr::null(),
    extension_count: 0,
    start,
    stop: None,
    component: None,
    modal: None,
});

#[no_mangle]
pub extern "C" fn coordinator_plugin_v1() -> *const Plugin {
    &PLUGIN.0
}
