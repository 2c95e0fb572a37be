#include "command/elf_check.h"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

namespace coordinator::command {

namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr std::uint16_t kMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr std::uint16_t kMachine = EM_PPC64;
#elif defined(__s390x__)
constexpr std::uint16_t kMachine = EM_S390;
#elif defined(__i386__)
constexpr std::uint16_t kMachine = EM_386;
#elif defined(__arm__)
constexpr std::uint16_t kMachine = EM_ARM;
#else
#error "the number of this architecture in an ELF header is missing here"
#endif

constexpr bool k64 = sizeof(void*) == 8;
constexpr unsigned char kClass = k64 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char kOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
using Header = std::conditional_t<k64, Elf64_Ehdr, Elf32_Ehdr>;
using Segment = std::conditional_t<k64, Elf64_Phdr, Elf32_Phdr>;
using Section = std::conditional_t<k64, Elf64_Shdr, Elf32_Shdr>;

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "ARM 64 (aarch64)";
    case EM_386:
      return "x86 (32 bit)";
    case EM_ARM:
      return "ARM (32 bit)";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "POWER";
    case EM_S390:
      return "s390x";
    default:
      return fmt::format("machine {}", machine);
  }
}

// No arithmetic that could run over.
bool inside(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

template <class T>
T read(std::string_view bytes, std::uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

tl::unexpected<Error> cut_short(std::string_view what) {
  return fail("it is cut short: {} lies beyond its end; copy it whole (under another name, then mv)", what);
}

bool looks_like_text(std::string_view bytes) {
  auto head = bytes.substr(0, 512);
  return std::all_of(head.begin(), head.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' || c == '\t';
  });
}

Status check_magic(std::string_view bytes) {
  if (bytes.empty()) return fail("it is empty: has its copy only just begun?");
  if (bytes.starts_with("!<arch>\n"))
    return fail("it is a static library (.a), not a shared object: link it with -shared");
  if (!bytes.starts_with(std::string_view(ELFMAG, SELFMAG)))
    return looks_like_text(bytes) ? fail("it is a text, not a shared object: build it first")
                                  : fail("it is not an ELF file, as shared objects are");
  if (bytes.size() < sizeof(Header)) return cut_short("the ELF header");
  return {};
}

Status check_machine(const Header& header) {
  auto name = [](unsigned char c) { return c == ELFCLASS64 ? 64 : 32; };
  if (header.e_ident[EI_CLASS] != kClass)
    return fail("it was built for {} bits, and this daemon has {}: build it on this machine",
                name(header.e_ident[EI_CLASS]), name(kClass));
  if (header.e_ident[EI_DATA] != kOrder)
    return fail("it was built for the other byte order: build it on this machine");
  if (header.e_machine != kMachine)
    return fail("it was built for {}, and this machine is {}: build it on this machine",
                machine_name(header.e_machine), machine_name(kMachine));
  if (header.e_type == ET_REL)
    return fail("it is an object file (.o), not a shared object: link it with -shared");
  if (header.e_type == ET_EXEC) return fail("it is a program, not a shared object: link it with -shared");
  if (header.e_type != ET_DYN) return fail("it is an ELF file, but no shared object: link it with -shared");
  return {};
}

Status check_segments(std::string_view bytes, const Header& header) {
  if (header.e_phnum == 0 || header.e_phentsize != sizeof(Segment))
    return fail("its program headers are not those of a shared object: build it again");
  if (!inside(bytes, header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Segment)))
    return cut_short("the table of its program headers");
  bool dynamic = false, interpreter = false;
  for (unsigned index = 0; index < header.e_phnum; ++index) {
    auto segment = read<Segment>(bytes, header.e_phoff + index * sizeof(Segment));
    dynamic = dynamic || segment.p_type == PT_DYNAMIC;
    interpreter = interpreter || segment.p_type == PT_INTERP;
    if (!inside(bytes, segment.p_offset, segment.p_filesz))
      return cut_short(fmt::format("segment {}", index));
  }
  if (interpreter) return fail("it is a program, not a shared object: link it with -shared");
  if (!dynamic) return fail("it has no dynamic section, so it exports nothing: link it with -shared");
  return {};
}

// Nothing of them is mapped; but they come last in the file, so that a copy that stopped early is told.
Status check_sections(std::string_view bytes, const Header& header) {
  if (header.e_shnum == 0) return {};  // stripped of them altogether
  if (header.e_shentsize != sizeof(Section)) return fail("its section headers are broken: build it again");
  if (!inside(bytes, header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Section)))
    return cut_short("the table of its sections");
  for (unsigned index = 0; index < header.e_shnum; ++index) {
    auto section = read<Section>(bytes, header.e_shoff + index * sizeof(Section));
    if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL &&
        !inside(bytes, section.sh_offset, section.sh_size))
      return cut_short(fmt::format("section {}", index));
  }
  return {};
}

}  // namespace

Status check_elf(std::string_view bytes) {
  if (auto magic = check_magic(bytes); !magic) return magic;
  auto header = read<Header>(bytes, 0);
  if (auto machine = check_machine(header); !machine) return machine;
  if (auto segments = check_segments(bytes, header); !segments) return segments;
  return check_sections(bytes, header);
}

}  // namespace coordinator::command
