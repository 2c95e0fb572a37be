# Turns the page's files into one .cc with a table of them: cmake -DOUTPUT=page.cc -DDIRECTORY=page -P embed.cmake
file(GLOB FILES ${DIRECTORY}/*.html ${DIRECTORY}/*.js ${DIRECTORY}/*.css ${DIRECTORY}/*.svg ${DIRECTORY}/*.png
  ${DIRECTORY}/*.ico)
set(table "")
set(arrays "")
set(index 0)
foreach(file ${FILES})
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "const char file_${index}[] = {${bytes}'\\0'};\n")
  string(APPEND table "    {\"/${name}\", {file_${index}, sizeof file_${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUTPUT}" "// The page's files, made by embed.cmake.
#include \"page.h\"

namespace coordinator::playground {

namespace {

${arrays}
const PageFile files[] = {
${table}    {{}, {}},
};

}  // namespace

const PageFile* page_files() { return files; }

}  // namespace coordinator::playground
")
