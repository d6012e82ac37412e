# Run by embed_texts: writes ${OUT}.h and ${OUT}.c from ${FILES}.
string(TOUPPER ${NAME} upper)
set(names "")
set(rows "")
foreach(file ${FILES})
  get_filename_component(stem ${file} NAME_WE)
  string(TOUPPER ${stem} STEM)
  string(APPEND names "    ${upper}_${STEM},\n")
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND texts "static const unsigned char TEXT_${STEM}[] = {${bytes}0};\n")
  string(APPEND rows "    { \"${stem}\", (const char *)TEXT_${STEM} },\n")
endforeach()
file(WRITE ${OUT}.h.new "#ifndef SCHEMA_${upper}_H
#define SCHEMA_${upper}_H

enum ${NAME}_id {
${names}    ${upper}_COUNT
};

struct ${NAME}_text {
    const char *name;
    const char *text;
};

/* ${upper}_COUNT rows and a last one of NULLs. */
extern const struct ${NAME}_text ${upper}_TEXTS[];

#endif
")
file(WRITE ${OUT}.c.new "#include \"schema/${NAME}.h\"

#include <stddef.h>

${texts}
const struct ${NAME}_text ${upper}_TEXTS[] = {
${rows}    { NULL, NULL },
};
")
file(COPY_FILE ${OUT}.h.new ${OUT}.h ONLY_IF_DIFFERENT)
file(COPY_FILE ${OUT}.c.new ${OUT}.c ONLY_IF_DIFFERENT)
