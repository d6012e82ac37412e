/* Runs a fuzz target over the files named or the folders' files, for compilers
 * without libFuzzer: the corpus is then a test of its own. Fails when it finds
 * nothing to run. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_MAX = 4 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(FILE_MAX);

    if (!file || !bytes) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    const size_t size = fread(bytes, 1, FILE_MAX, file);

    fclose(file);
    /* A copy of the exact size lets the sanitizer see a read past the end. */
    uint8_t *exact = realloc(bytes, size > 0 ? size : 1);

    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;

    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));) { // NOLINT(concurrency-mt-unsafe)
        char name[1024];
        struct stat about;

        snprintf(name, sizeof name, "%.600s/%.300s", path, entry->d_name);
        if (stat(name, &about) == 0 && S_ISREG(about.st_mode))
            count += run_file(name);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++) {
        struct stat about;

        if (stat(argv[i], &about) == 0 && S_ISREG(about.st_mode))
            count += run_file(argv[i]);
        else
            count += run_folder(argv[i]);
    }
    printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
