# Turns a folder of text files into a table in C, so that the programs carry
# their SQL with them and no SQL text stands in a .c file.
#
# embed_texts(NAME FOLDER EXTENSION) makes gen/schema/NAME.h and NAME.c with
#   enum NAME_id { NAME_<FILE>, … NAME_COUNT };          (upper case)
#   extern const struct NAME_text { const char *name, *text; } NAME_TEXTS[];
set(EMBEDDED "")

function(embed_texts name folder extension)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.${extension})
  list(SORT files)
  set(out ${PROJECT_BINARY_DIR}/gen/schema/${name})
  add_custom_command(OUTPUT ${out}.c ${out}.h
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUT=${out} "-DFILES=${files}"
      -P ${PROJECT_SOURCE_DIR}/tools/embed_files.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/tools/embed_files.cmake VERBATIM)
  set(EMBEDDED ${EMBEDDED} ${out}.c ${out}.h PARENT_SCOPE)
endfunction()
