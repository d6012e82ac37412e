# What vigild serves to browsers, gathered in build/<preset>/console: our own
# files as they are, and the map library as npm's lock file names it, in a folder
# with its version, so that browsers may keep it for good.
find_program(NPM npm)
set(CONSOLE_SOURCE ${PROJECT_SOURCE_DIR}/api/console)
set(CONSOLE ${PROJECT_BINARY_DIR}/console)
set(CONSOLE_PACKAGES ${PROJECT_BINARY_DIR}/console_packages)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CONSOLE_SOURCE}/package.json)
file(READ ${CONSOLE_SOURCE}/package.json package)
string(JSON MAPLIBRE_VERSION GET ${package} dependencies maplibre-gl)
set(MAPLIBRE ${CONSOLE}/maplibre-gl-${MAPLIBRE_VERSION})

file(GLOB own CONFIGURE_DEPENDS ${CONSOLE_SOURCE}/*.html ${CONSOLE_SOURCE}/*.css ${CONSOLE_SOURCE}/*.js
  ${CONSOLE_SOURCE}/*.svg ${CONSOLE_SOURCE}/style.json ${CONSOLE_SOURCE}/palette.json)
file(GLOB words CONFIGURE_DEPENDS ${CONSOLE_SOURCE}/words/*.json)
add_custom_command(OUTPUT ${CONSOLE}/own.stamp
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CONSOLE}/words
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${own} ${CONSOLE}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${words} ${CONSOLE}/words
  COMMAND ${CMAKE_COMMAND} -E touch ${CONSOLE}/own.stamp
  DEPENDS ${own} ${words} COMMENT "Gathering the console" VERBATIM)

set(library ${CONSOLE_PACKAGES}/node_modules/maplibre-gl)
add_custom_command(OUTPUT ${CONSOLE}/packages.stamp
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CONSOLE_PACKAGES} ${MAPLIBRE}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${CONSOLE_SOURCE}/package.json ${CONSOLE_SOURCE}/package-lock.json ${CONSOLE_PACKAGES}
  COMMAND ${CMAKE_COMMAND} -E chdir ${CONSOLE_PACKAGES} ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${library}/dist/maplibre-gl.mjs ${library}/dist/maplibre-gl-worker.mjs
    ${library}/dist/maplibre-gl-shared.mjs ${library}/dist/maplibre-gl.css ${library}/LICENSE.txt ${MAPLIBRE}
  COMMAND ${CMAKE_COMMAND} -E touch ${CONSOLE}/packages.stamp
  DEPENDS ${CONSOLE_SOURCE}/package.json ${CONSOLE_SOURCE}/package-lock.json
  COMMENT "Fetching the map library" VERBATIM)

if(NPM)
  add_custom_target(console ALL DEPENDS ${CONSOLE}/own.stamp ${CONSOLE}/packages.stamp)
  install(DIRECTORY ${CONSOLE}/ DESTINATION share/vigil/console PATTERN *.stamp EXCLUDE)
else()
  message(STATUS "npm was not found: the console is not built")
endif()
