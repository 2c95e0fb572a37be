// The look at a file before anything of it is loaded.
#include "command/elf_check.h"

#include <elf.h>

#include <cstring>
#include <string>

#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::command;

TEST_GROUP(ElfCheck) {
  // Made by hand: a header, two segments, a section, some bytes.
  std::string file;
  Elf64_Ehdr header{};
  Elf64_Phdr segments[2] = {};
  Elf64_Shdr sections[2] = {};

  void setup() override {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    header.e_shoff = sizeof header + sizeof segments + 64;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = 2;
    segments[0].p_type = PT_LOAD;
    segments[0].p_filesz = sizeof header;
    segments[1].p_type = PT_DYNAMIC;
    segments[1].p_offset = sizeof header + sizeof segments;
    segments[1].p_filesz = 64;
    sections[1].sh_type = SHT_PROGBITS;
    sections[1].sh_offset = sizeof header + sizeof segments;
    sections[1].sh_size = 64;
  }
  std::string bytes() {
    std::string out(reinterpret_cast<const char*>(&header), sizeof header);
    out.append(reinterpret_cast<const char*>(segments), sizeof segments);
    out.append(64, 'x');
    return out.append(reinterpret_cast<const char*>(sections), sizeof sections);
  }
  std::string refused() {
    auto checked = check_elf(bytes());
    return checked ? "taken" : checked.error().what;
  }
  static std::string refused(const std::string& given) {
    auto checked = check_elf(given);
    return checked ? "taken" : checked.error().what;
  }
};

#if defined(__x86_64__)

TEST(ElfCheck, TakesASharedObjectThatIsWhole) { STRCMP_EQUAL("taken", refused().c_str()); }

TEST(ElfCheck, EveryCutIsTold) {
  std::string whole = bytes();
  STRCMP_EQUAL("it is empty: has its copy only just begun?", refused("").c_str());
  for (std::size_t size = SELFMAG; size < whole.size(); ++size)
    STRCMP_CONTAINS("it is cut short", refused(whole.substr(0, size)).c_str());
}

TEST(ElfCheck, NoByteThatIsWrongMakesItReadBeyondTheEnd) {
  std::string whole = bytes();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int value : {0x00, 0x7F, 0xFF}) {
      std::string broken = whole;
      broken[at] = static_cast<char>(value);
      std::string exact(broken.data(), broken.size());  // AddressSanitizer watches its end
      CHECK_FALSE(refused(exact).empty());
    }
}

TEST(ElfCheck, AnotherMachineIsNamed) {
  header.e_machine = EM_AARCH64;
  STRCMP_EQUAL("it was built for ARM 64 (aarch64), and this machine is x86-64: build it on this machine",
               refused().c_str());
  header.e_machine = 12345;
  STRCMP_CONTAINS("it was built for machine 12345", refused().c_str());
  header.e_ident[EI_DATA] = ELFDATA2MSB;
  STRCMP_CONTAINS("the other byte order", refused().c_str());
  header.e_ident[EI_CLASS] = ELFCLASS32;
  STRCMP_EQUAL("it was built for 32 bits, and this daemon has 64: build it on this machine",
               refused().c_str());
}

TEST(ElfCheck, OtherKindsOfFilesAreNamed) {
  header.e_type = ET_REL;
  STRCMP_CONTAINS("it is an object file (.o)", refused().c_str());
  header.e_type = ET_EXEC;
  STRCMP_CONTAINS("it is a program", refused().c_str());
  header.e_type = ET_CORE;
  STRCMP_CONTAINS("no shared object", refused().c_str());
  header.e_type = ET_DYN;
  segments[0].p_type = PT_INTERP;
  STRCMP_CONTAINS("it is a program", refused().c_str());
  segments[0].p_type = segments[1].p_type = PT_LOAD;
  STRCMP_CONTAINS("it has no dynamic section", refused().c_str());
  STRCMP_CONTAINS("it is a text", refused("#!/bin/sh\necho ö\n").c_str());
  STRCMP_CONTAINS("it is a static library (.a)", refused("!<arch>\nx").c_str());
  STRCMP_CONTAINS("it is not an ELF file", refused(std::string(100, '\0')).c_str());
}

TEST(ElfCheck, OffsetsThatRunOverAreCutsToo) {
  segments[1].p_offset = ~std::uint64_t{0} - 10;
  STRCMP_CONTAINS("segment 1 lies beyond its end", refused().c_str());
  header.e_phoff = ~std::uint64_t{0} - 10;
  STRCMP_CONTAINS("the table of its program headers lies beyond its end", refused().c_str());
}

#endif

TEST(ElfCheck, AProgramOfThisMachineIsNoPlugin) {
  STRCMP_CONTAINS("link it with -shared", refused(TemporaryDirectory::content("/bin/sh")).c_str());
}
